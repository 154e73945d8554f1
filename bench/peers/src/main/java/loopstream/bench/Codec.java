package loopstream.bench;

/** Records in Confluent's framing and back. The schemas and their ids are those of bench/decisions/topics.ts. Not for several threads. */
interface Codec {
  int STATE_FEATURES = 30;
  int REQUEST_FEATURES = 20;
  int PREFIX = 5;
  int DECISION = 3;
  int REPLY = 4;

  static Codec of(Settings settings) {
    return settings.get("codec").equals("records") ? new RecordCodec() : new FieldCodec();
  }

  final class Request {
    String id;
    String unit;
    final float[] features = new float[REQUEST_FEATURES];
  }

  Request request(byte[] bytes);

  float[] unitFeatures(byte[] bytes);

  /** @param features the row begins at `from` */
  byte[] decision(
      String id, String unit, float score, double value, String action, String model, float[] features, int from);

  byte[] reply(String id, String action, double value, float score);
}

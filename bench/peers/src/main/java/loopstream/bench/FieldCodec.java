package loopstream.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;

/**
 * Field by field with Avro's coders, by hand, without a float being boxed: faster than anything Avro for Java offers by itself, and more
 * than most would write.
 */
final class FieldCodec implements Codec {

  private BinaryDecoder decoder;
  private BinaryEncoder encoder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
  private final Utf8 text = new Utf8();

  @Override
  public Request request(byte[] bytes) {
    try {
      var in = decode(bytes);
      var request = new Request();
      request.id = in.readString(text).toString();
      request.unit = in.readString(text).toString();
      floats(in, request.features);
      return request;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public float[] unitFeatures(byte[] bytes) {
    try {
      var values = new float[STATE_FEATURES];
      floats(decode(bytes), values);
      return values;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public byte[] decision(String id, String unit, float score, double value, String action, String model, float[] features, int from) {
    try {
      var to = frame(DECISION);
      to.writeString(id);
      to.writeString(unit);
      to.writeFloat(score);
      to.writeDouble(value);
      to.writeString(action);
      to.writeString(model);
      to.writeArrayStart();
      to.setItemCount(Model.COLUMNS);
      for (int i = 0; i < Model.COLUMNS; i++) {
        to.startItem();
        to.writeFloat(features[from + i]);
      }
      to.writeArrayEnd();
      return finish(to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public byte[] reply(String id, String action, double value, float score) {
    try {
      var to = frame(REPLY);
      to.writeString(id);
      to.writeString(action);
      to.writeDouble(value);
      to.writeFloat(score);
      return finish(to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private BinaryDecoder decode(byte[] bytes) {
    return decoder = DecoderFactory.get().binaryDecoder(bytes, PREFIX, bytes.length - PREFIX, decoder);
  }

  private static void floats(BinaryDecoder in, float[] into) throws IOException {
    int at = 0;
    for (long n = in.readArrayStart(); n != 0; n = in.arrayNext()) {
      for (long i = 0; i < n; i++) into[at++] = in.readFloat();
    }
  }

  private BinaryEncoder frame(int schema) {
    out.reset();
    out.write(0);
    out.write(schema >>> 24);
    out.write(schema >>> 16);
    out.write(schema >>> 8);
    out.write(schema);
    // Buffered, so that floats are not written byte by byte.
    return encoder = EncoderFactory.get().binaryEncoder(out, encoder);
  }

  private byte[] finish(BinaryEncoder to) throws IOException {
    to.flush();
    return out.toByteArray();
  }
}

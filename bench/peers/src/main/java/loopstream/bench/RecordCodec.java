package loopstream.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** Avro's own records, as Kafka's Avro serdes give them to an application: what most would write. Coders are used again. */
final class RecordCodec implements Codec {
  private static final Schema FLOATS = SchemaBuilder.array().items().floatType();
  private static final Schema REQUEST_SCHEMA =
      record("Request").requiredString("id").requiredString("unit").name("features").type(FLOATS).noDefault().endRecord();
  private static final Schema UNIT_SCHEMA = record("UnitFeatures").name("values").type(FLOATS).noDefault().endRecord();
  private static final Schema DECISION_SCHEMA =
      record("Decision")
          .requiredString("id")
          .requiredString("unit")
          .requiredFloat("score")
          .requiredDouble("value")
          .requiredString("action")
          .requiredString("model")
          .name("features")
          .type(FLOATS)
          .noDefault()
          .endRecord();
  private static final Schema REPLY_SCHEMA =
      record("Reply").requiredString("id").requiredString("action").requiredDouble("value").requiredFloat("score").endRecord();

  private final GenericDatumReader<GenericRecord> requests = new GenericDatumReader<>(REQUEST_SCHEMA);
  private final GenericDatumReader<GenericRecord> units = new GenericDatumReader<>(UNIT_SCHEMA);
  private final GenericDatumWriter<GenericRecord> decisions = new GenericDatumWriter<>(DECISION_SCHEMA);
  private final GenericDatumWriter<GenericRecord> replies = new GenericDatumWriter<>(REPLY_SCHEMA);
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
  private BinaryDecoder decoder;
  private BinaryEncoder encoder;

  private static SchemaBuilder.FieldAssembler<Schema> record(String name) {
    return SchemaBuilder.record(name).namespace("loopstream.bench").fields();
  }

  @Override
  public Request request(byte[] bytes) {
    var record = read(requests, bytes);
    var request = new Request();
    request.id = record.get("id").toString();
    request.unit = record.get("unit").toString();
    floats(record.get("features"), request.features);
    return request;
  }

  @Override
  public float[] unitFeatures(byte[] bytes) {
    var values = new float[STATE_FEATURES];
    floats(read(units, bytes).get("values"), values);
    return values;
  }

  @Override
  public byte[] decision(
      String id, String unit, float score, double value, String action, String model, float[] features, int from) {
    var record = new GenericData.Record(DECISION_SCHEMA);
    record.put("id", id);
    record.put("unit", unit);
    record.put("score", score);
    record.put("value", value);
    record.put("action", action);
    record.put("model", model);
    var list = new ArrayList<Float>(Model.COLUMNS);
    for (int i = 0; i < Model.COLUMNS; i++) list.add(features[from + i]);
    record.put("features", list);
    return write(decisions, DECISION, record);
  }

  @Override
  public byte[] reply(String id, String action, double value, float score) {
    var record = new GenericData.Record(REPLY_SCHEMA);
    record.put("id", id);
    record.put("action", action);
    record.put("value", value);
    record.put("score", score);
    return write(replies, REPLY, record);
  }

  private GenericRecord read(GenericDatumReader<GenericRecord> reader, byte[] bytes) {
    try {
      decoder = DecoderFactory.get().binaryDecoder(bytes, PREFIX, bytes.length - PREFIX, decoder);
      return reader.read(null, decoder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] write(GenericDatumWriter<GenericRecord> writer, int schema, GenericRecord record) {
    try {
      out.reset();
      out.write(0);
      for (int shift = 24; shift >= 0; shift -= 8) out.write(schema >>> shift);
      encoder = EncoderFactory.get().binaryEncoder(out, encoder);
      writer.write(record, encoder);
      encoder.flush();
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked")
  private static void floats(Object list, float[] into) {
    int at = 0;
    for (float value : (List<Float>) list) into[at++] = value;
  }
}

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Asks for a decision with Apache's Kafka client and Avro alone, nothing of loopstream's, and prints the reply as JSON.
 *
 * <p>java -cp 'jars/*' Request.java brokers registry useCase decisionId unit '{"weight": 20}' '[{"optionId": "a", "context": {}}]'
 */
public final class Request {
  private static final String REQUESTS = "decision-requests";
  private static final String REPLIES = "decision-replies";
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    String brokers = args[0];
    String registry = args[1];
    DecisionRequest request = new DecisionRequest(args[2], args[3], args[4], JSON.readTree(args[5]), JSON.readTree(args[6]));

    Map<String, Object> reading = Map.of("bootstrap.servers", brokers, "isolation.level", "read_committed");
    try (var consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new ByteArrayDeserializer());
        var producer =
            new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", brokers), new StringSerializer(), new ByteArraySerializer())) {
      // Any partition will do; its end has to be known before the request is sent.
      int partition = consumer.partitionsFor(REPLIES).size() - 1;
      TopicPartition replies = new TopicPartition(REPLIES, partition);
      consumer.assign(List.of(replies));
      consumer.seekToEnd(List.of(replies));
      consumer.position(replies);

      byte[] correlationId = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
      ProducerRecord<String, byte[]> record = new ProducerRecord<>(REQUESTS, request.decisionId(), request.encode(registry));
      record.headers().add("kafka_correlationId", correlationId);
      record.headers().add("kafka_replyTopic", REPLIES.getBytes(StandardCharsets.UTF_8));
      record.headers().add("kafka_replyPartition", ByteBuffer.allocate(4).putInt(partition).array());
      producer.send(record).get();

      byte[] reply = await(consumer, correlationId, Duration.ofSeconds(30));
      System.out.println(decode(registry, reply));
    }
  }

  private record DecisionRequest(String useCase, String decisionId, String unit, JsonNode values, JsonNode options) {
    /** Confluent's framing: a zero byte, the schema's id, Avro. */
    byte[] encode(String registry) throws Exception {
      JsonNode registered = get(registry + "/subjects/" + REQUESTS + "-value/versions/latest");
      Schema schema = new Schema.Parser().parse(registered.get("schema").asText());
      // A field that is not set has the default of the schema.
      GenericRecordBuilder record =
          new GenericRecordBuilder(schema)
              .set("decisionId", decisionId)
              .set("useCase", useCase)
              .set("unit", unit)
              .set("context", valuesOf(values))
              .set("candidates", candidates(schema.getField("candidates").schema().getElementType()));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(0);
      out.write(ByteBuffer.allocate(4).putInt(registered.get("id").asInt()).array());
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new GenericDatumWriter<GenericRecord>(schema).write(record.build(), encoder);
      encoder.flush();
      return out.toByteArray();
    }

    private List<GenericRecord> candidates(Schema candidate) {
      List<GenericRecord> candidates = new ArrayList<>();
      for (JsonNode option : options) {
        candidates.add(
            new GenericRecordBuilder(candidate)
                .set("optionId", option.get("optionId").asText())
                .set("context", valuesOf(option.get("context")))
                .build());
      }
      return candidates;
    }

    private static Map<String, Object> valuesOf(JsonNode values) {
      Map<String, Object> context = new HashMap<>();
      for (Map.Entry<String, JsonNode> entry : values.properties()) {
        JsonNode value = entry.getValue();
        Object plain = value.isNumber() ? value.asDouble() : value.isBoolean() ? value.asBoolean() : value.asText();
        context.put(entry.getKey(), value.isNull() ? null : plain);
      }
      return context;
    }
  }

  private static byte[] await(KafkaConsumer<String, byte[]> consumer, byte[] correlationId, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end) {
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(500))) {
        var header = record.headers().lastHeader("kafka_correlationId");
        if (header != null && Arrays.equals(header.value(), correlationId)) return record.value();
      }
    }
    throw new IllegalStateException("no reply within " + limit);
  }

  private static GenericRecord decode(String registry, byte[] framed) throws Exception {
    ByteBuffer buffer = ByteBuffer.wrap(framed);
    if (buffer.get() != 0) throw new IllegalStateException("the reply is not framed as Confluent does");
    JsonNode found = get(registry + "/schemas/ids/" + buffer.getInt());
    Schema schema = new Schema.Parser().parse(found.get("schema").asText());
    var decoder = DecoderFactory.get().binaryDecoder(framed, 5, framed.length - 5, null);
    return new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
  }

  private static JsonNode get(String url) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(10)).build();
    HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) throw new IllegalStateException(url + ": " + response.body());
    return JSON.readTree(response.body());
  }
}

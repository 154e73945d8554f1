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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * Asks for decisions with Apache's client alone and logs what happened after each; prints the answers as JSON. The same
 * as ask.py.
 *
 * <p>java -cp 'jars/*' Ask.java PLAN, the plan as foreign-clients.ts makes it.
 */
public final class Ask {
  private static final long PATIENCE_NANOS = 3_000_000_000L;
  private static final long LIMIT_NANOS = 120_000_000_000L;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<Integer, Schema> SCHEMAS = new HashMap<>();

  private record Group(String name, String key, int count) {}

  private record Question(Group group, int n, String round) {
    String correlation() {
      return group.name() + "/" + n + "/" + round;
    }

    String decisionId() {
      return group.name() + "-" + n;
    }
  }

  private static final class Asked {
    final Question question;
    final long first = System.nanoTime();
    long last = first;

    Asked(Question question) {
      this.question = question;
    }
  }

  /** The schema of a topic's values, with its id. */
  private record Topic(String name, int id, Schema schema) {
    static Topic of(JsonNode plan, String name) throws Exception {
      String topic = plan.get(name).asText();
      JsonNode found = get(plan, "/subjects/" + topic + "-value/versions/latest");
      return new Topic(topic, found.get("id").asInt(), new Schema.Parser().parse(found.get("schema").asText()));
    }

    byte[] encode(Map<String, Object> fields) throws Exception {
      // A field that is not set has the default of the schema.
      GenericRecordBuilder record = new GenericRecordBuilder(schema);
      fields.forEach(record::set);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(0);
      out.write(ByteBuffer.allocate(4).putInt(id).array());
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
      new GenericDatumWriter<GenericRecord>(schema).write(record.build(), encoder);
      encoder.flush();
      return out.toByteArray();
    }
  }

  private final JsonNode plan;
  private final Topic requests;
  private final Topic observations;
  private final KafkaProducer<String, byte[]> producer;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Map<String, Asked> open = new LinkedHashMap<>();
  private final Map<String, String> first = new HashMap<>();
  private final Map<String, List<Double>> latencies = new HashMap<>();
  private final List<String> errors = new ArrayList<>();
  private int different = 0;

  private Ask(JsonNode plan) throws Exception {
    this.plan = plan;
    requests = Topic.of(plan, "requests");
    observations = Topic.of(plan, "observations");
    String brokers = plan.get("brokers").asText();
    producer =
        new KafkaProducer<>(Map.<String, Object>of("bootstrap.servers", brokers), new StringSerializer(), new ByteArraySerializer());
    Map<String, Object> reading = Map.of("bootstrap.servers", brokers, "isolation.level", "read_committed");
    consumer = new KafkaConsumer<>(reading, new StringDeserializer(), new ByteArrayDeserializer());
  }

  public static void main(String[] args) throws Exception {
    new Ask(JSON.readTree(args[0])).run();
  }

  private void run() throws Exception {
    List<TopicPartition> place = List.of(new TopicPartition(plan.get("replies").asText(), 2));
    consumer.assign(place);
    consumer.seekToEnd(place);
    consumer.position(place.get(0));
    List<Group> groups = new ArrayList<>();
    for (JsonNode each : plan.get("groups")) {
      groups.add(new Group(each.get("name").asText(), each.get("key").asText(), each.get("count").asInt()));
    }
    List<Question> all = new ArrayList<>();
    int most = groups.stream().mapToInt(Group::count).max().orElse(0);
    for (int n = 0; n < most; n++) {
      for (Group group : groups) if (n < group.count()) all.add(new Question(group, n, "first"));
    }
    System.err.println("ready");
    System.in.read();
    untilAnswered(all);
    List<Question> again = new ArrayList<>();
    for (Question each : all) if (each.n() % 4 == 0) again.add(new Question(each.group(), each.n(), "again"));
    untilAnswered(again);
    producer.close();
    consumer.close();
    System.out.println(
        JSON.writeValueAsString(
            Map.of("answered", first.size(), "different", different, "errors", errors, "latencies", latencies)));
  }

  /** Asks at the plan's rate, and again for what is not answered in time. */
  private void untilAnswered(List<Question> asks) throws Exception {
    long begun = System.nanoTime();
    double perSecond = plan.get("perSecond").asDouble();
    int sent = 0;
    while (sent < asks.size() || !open.isEmpty()) {
      if (System.nanoTime() - begun > LIMIT_NANOS) throw new IllegalStateException("without an answer: " + open.keySet());
      for (; sent < asks.size() && begun + sent * 1e9 / perSecond <= System.nanoTime(); sent++) {
        Question next = asks.get(sent);
        open.put(next.correlation(), new Asked(next));
        ask(next);
      }
      for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(2))) answered(record);
      for (Asked asked : open.values()) {
        if (System.nanoTime() - asked.last < PATIENCE_NANOS) continue;
        asked.last = System.nanoTime();
        ask(asked.question);
      }
    }
  }

  private void answered(ConsumerRecord<String, byte[]> record) throws Exception {
    String correlation = new String(record.headers().lastHeader("kafka_correlationId").value(), StandardCharsets.UTF_8);
    GenericRecord reply = decode(record.value());
    String text = reply.toString();
    String id = reply.get("decisionId").toString();
    String before = first.putIfAbsent(id, text);
    if (before != null && !before.equals(text)) different++;
    if (before == null && reply.get("error") != null) errors.add(reply.get("error").toString());
    Asked asked = open.remove(correlation);
    if (asked == null || !asked.question.round().equals("first")) return;
    latencies
        .computeIfAbsent(asked.question.group().name(), name -> new ArrayList<>())
        .add((System.nanoTime() - asked.first) / 1e6);
    observe(asked.question);
  }

  private void ask(Question question) throws Exception {
    byte[] value =
        requests.encode(
            Map.of(
                "decisionId", question.decisionId(),
                "useCase", plan.get("useCase").asText(),
                "unit", "unit-" + question.n() % 7,
                "context", Map.of("price", (double) question.n()),
                "deferred", false));
    ProducerRecord<String, byte[]> record = recordOf(requests, question, value, 0);
    record.headers().add("kafka_correlationId", question.correlation().getBytes(StandardCharsets.UTF_8));
    record.headers().add("kafka_replyTopic", plan.get("replyTopic").asText().getBytes(StandardCharsets.UTF_8));
    record.headers().add("kafka_replyPartition", ByteBuffer.allocate(4).putInt(2).array());
    send(record);
  }

  private void observe(Question question) throws Exception {
    Map<String, Object> values = Map.of("kind", "purchase", "amount", (double) question.n());
    Map<String, Object> fields =
        Map.of(
            "decisionId", question.decisionId(),
            "useCase", plan.get("useCase").asText(),
            "observationId", "once",
            "values", values);
    send(recordOf(observations, question, observations.encode(fields), 1_000));
  }

  private ProducerRecord<String, byte[]> recordOf(Topic topic, Question question, byte[] value, long afterMs) {
    String key =
        switch (question.group().key()) {
          case "id" -> question.decisionId();
          case "unit" -> "unit-" + question.n() % 7;
          default -> null;
        };
    return new ProducerRecord<>(topic.name(), null, plan.get("start").asLong() + question.n() + afterMs, key, value);
  }

  private void send(ProducerRecord<String, byte[]> record) {
    producer.send(
        record,
        (written, error) -> {
          if (error == null) return;
          error.printStackTrace();
          System.exit(1);
        });
  }

  private GenericRecord decode(byte[] framed) throws Exception {
    int id = ByteBuffer.wrap(framed, 1, 4).getInt();
    Schema schema = SCHEMAS.get(id);
    if (schema == null) {
      schema = new Schema.Parser().parse(get(plan, "/schemas/ids/" + id).get("schema").asText());
      SCHEMAS.put(id, schema);
    }
    var decoder = DecoderFactory.get().binaryDecoder(framed, 5, framed.length - 5, null);
    return new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
  }

  private static JsonNode get(JsonNode plan, String path) throws Exception {
    URI url = URI.create(plan.get("registry").asText() + path);
    HttpRequest request = HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(10)).build();
    HttpResponse<String> response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) throw new IllegalStateException(url + ": " + response.body());
    return JSON.readTree(response.body());
  }
}

package loopstream.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

/** The common work as a loop over Kafka's Java client: a poll is a batch, inferred at once; no Kafka Streams. One thread. */
public final class PlainPeer {
  private static final int MOST = 4_096;
  private static final long COMMIT_MS = 20;

  private final Settings settings;
  private final Codec codec;
  private final KafkaConsumer<String, byte[]> consumer;
  private final RocksDB store;
  private final AtomicReference<Exception> failed = new AtomicReference<>();
  private volatile boolean closing;

  private PlainPeer(Settings settings) throws Exception {
    this.settings = settings;
    codec = Codec.of(settings);
    var properties = new Properties();
    properties.put("bootstrap.servers", settings.get("brokers"));
    properties.put("group.id", settings.get("id"));
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "earliest");
    properties.put("max.poll.records", String.valueOf(MOST));
    properties.put("isolation.level", "read_committed");
    properties.putAll(settings.overrides());
    consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    Files.createDirectories(Path.of(settings.get("dir")));
    store = RocksDB.open(new Options().setCreateIfMissing(true), settings.get("dir"));
  }

  public static void main(String[] args) throws Exception {
    var peer = new PlainPeer(Settings.of(args));
    if (peer.settings.load()) {
      peer.load();
    } else {
      var main = Thread.currentThread();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> {
        peer.closing = true;
        try {
          main.join();
        } catch (InterruptedException e) {
          // The process ends anyway.
        }
      }));
      peer.run();
    }
  }

  private void load() throws Exception {
    consumer.assign(partitions(settings.get("features")));
    for (int seen = 0; seen < settings.units(); ) {
      for (var record : consumer.poll(Duration.ofSeconds(1))) {
        store.put(record.key().getBytes(StandardCharsets.UTF_8), record.value());
        seen++;
      }
    }
    store.close();
    consumer.close();
  }

  private List<TopicPartition> partitions(String topic) {
    return consumer.partitionsFor(topic).stream().map(at -> new TopicPartition(topic, at.partition())).toList();
  }

  private void run() throws Exception {
    boolean exactlyOnce = settings.exactlyOnce();
    var properties = new Properties();
    properties.put("bootstrap.servers", settings.get("brokers"));
    properties.put("linger.ms", settings.lowLatency() ? "0" : "5");
    properties.put("retry.backoff.ms", "2");
    if (exactlyOnce) properties.put("transactional.id", settings.get("id"));
    properties.putAll(settings.overrides());
    var producer = new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer());
    if (exactlyOnce) producer.initTransactions();
    consumer.assign(partitions(settings.get("requests")));
    var model = new Model(settings.get("model"), MOST);
    var features = new float[MOST * Model.COLUMNS];
    var scores = new float[MOST];
    var requests = new Codec.Request[MOST];
    var sources = new ConsumerRecord<?, ?>[MOST];
    var positions = new HashMap<TopicPartition, OffsetAndMetadata>();
    long committed = System.nanoTime();
    while (!closing) {
      var records = consumer.poll(Duration.ofMillis(exactlyOnce ? 100 : COMMIT_MS));
      if (failed.get() != null) throw failed.get();
      if (!records.isEmpty()) {
        int count = 0;
        for (var record : records) {
          requests[count] = codec.request(record.value());
          sources[count] = record;
          var unit = codec.unitFeatures(store.get(record.key().getBytes(StandardCharsets.UTF_8)));
          System.arraycopy(requests[count].features, 0, features, count * Model.COLUMNS, Codec.REQUEST_FEATURES);
          System.arraycopy(unit, 0, features, count * Model.COLUMNS + Codec.REQUEST_FEATURES, Codec.STATE_FEATURES);
          count++;
        }
        model.score(features, count, scores);
        if (exactlyOnce) producer.beginTransaction();
        for (int i = 0; i < count; i++) answer(producer, sources[i], requests[i], features, i, scores[i]);
        for (var at : records.partitions()) {
          var last = records.records(at).get(records.records(at).size() - 1);
          positions.put(at, new OffsetAndMetadata(last.offset() + 1));
        }
      }
      if (exactlyOnce && !positions.isEmpty()) {
        producer.sendOffsetsToTransaction(positions, consumer.groupMetadata());
        producer.commitTransaction();
        positions.clear();
      } else if (!positions.isEmpty() && System.nanoTime() - committed > COMMIT_MS * 1_000_000) {
        // Offsets follow what was acknowledged.
        producer.flush();
        consumer.commitAsync(Map.copyOf(positions), null);
        positions.clear();
        committed = System.nanoTime();
      }
    }
    producer.close();
    consumer.close();
    store.close();
  }

  private void answer(
      KafkaProducer<String, byte[]> producer,
      ConsumerRecord<?, ?> source,
      Codec.Request request,
      float[] features,
      int row,
      float score) {
    int from = row * Model.COLUMNS;
    double value = Formula.value(score, features[from], features[from + Codec.REQUEST_FEATURES]);
    String action = Formula.action(value);
    byte[] decision = codec.decision(request.id, request.unit, score, value, action, Model.NAME, features, from);
    send(producer, new ProducerRecord<>(settings.get("decisions"), null, source.timestamp(), request.id, decision));
    var asked = source.headers();
    var reply = new ProducerRecord<>(
        new String(asked.lastHeader("kafka_replyTopic").value()),
        ByteBuffer.wrap(asked.lastHeader("kafka_replyPartition").value()).getInt(),
        source.timestamp(),
        request.id,
        codec.reply(request.id, action, value, score));
    reply.headers().add(asked.lastHeader("kafka_correlationId"));
    send(producer, reply);
  }

  private void send(KafkaProducer<String, byte[]> producer, ProducerRecord<String, byte[]> record) {
    producer.send(record, (at, error) -> {
      if (error != null) failed.set(error);
    });
  }
}

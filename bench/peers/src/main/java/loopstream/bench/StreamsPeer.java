package loopstream.bench;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/** The common work as a Kafka Streams application: one processor, one RocksDB store that a compacted topic fills. One stream thread. */
public final class StreamsPeer {
  private static final String STORE = "unit-features";

  private StreamsPeer() {}

  public static void main(String[] args) throws Exception {
    var settings = Settings.of(args);
    var loaded = new CountDownLatch(settings.units());
    var streams = new KafkaStreams(topology(settings, loaded), properties(settings));
    var failed = new Throwable[1];
    var ended = new CountDownLatch(1);
    streams.setUncaughtExceptionHandler(error -> {
      failed[0] = error;
      ended.countDown();
      return org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
    if (settings.load()) loaded.await();
    else ended.await();
    if (failed[0] != null) failed[0].printStackTrace();
    System.exit(failed[0] == null ? 0 : 1);
  }

  private static Properties properties(Settings settings) {
    var properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, settings.get("id"));
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.get("brokers"));
    properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.get("dir"));
    properties.put(
        StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
        settings.exactlyOnce() ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    properties.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
    // The run that fills the state and the run that is timed have the same group: the first must not be waited for.
    properties.put("internal.leave.group.on.close", true);
    if (settings.lowLatency()) {
      properties.put(StreamsConfig.producerPrefix("linger.ms"), 0);
      properties.put(StreamsConfig.producerPrefix("retry.backoff.ms"), 2);
      properties.put(StreamsConfig.POLL_MS_CONFIG, 5);
      properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0);
      properties.put(StreamsConfig.consumerPrefix("fetch.min.bytes"), 1);
      // Readers wait for the commit with exactly once; without, only a crash repeats what lies behind one.
      if (settings.exactlyOnce()) properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 10);
    }
    properties.putAll(settings.overrides());
    return properties;
  }

  private static Topology topology(Settings settings, CountDownLatch loaded) {
    var strings = new StringDeserializer();
    var bytes = new ByteArrayDeserializer();
    var store =
        Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STORE), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled();
    StreamPartitioner<String, Reply> address = (topic, key, value, partitions) -> Optional.of(Set.of(value.partition));
    return new Topology()
        .addReadOnlyStateStore(
            store, "features", strings, bytes, settings.get("features"), "keep-features", () -> new Keep(loaded))
        .addSource("requests", strings, bytes, settings.get("requests"))
        .addProcessor("decide", () -> new Decide(settings), "requests")
        .connectProcessorAndStateStores("decide", STORE)
        .addSink("decisions", settings.get("decisions"), new StringSerializer(), new ByteArraySerializer(), "decide")
        .addSink(
            "replies",
            (key, value, context) -> value.topic,
            new StringSerializer(),
            (topic, reply) -> reply.bytes,
            address,
            "decide");
  }

  private record Reply(String topic, int partition, byte[] bytes) {}

  private static final class Keep extends ContextualProcessor<String, byte[], Void, Void> {
    private final CountDownLatch loaded;
    private KeyValueStore<String, byte[]> store;

    Keep(CountDownLatch loaded) {
      this.loaded = loaded;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
      super.init(context);
      store = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<String, byte[]> record) {
      store.put(record.key(), record.value());
      loaded.countDown();
    }
  }

  /** Record by record, as Kafka Streams hands them over, with buffers that are made once. */
  private static final class Decide extends ContextualProcessor<String, byte[], String, Object> {
    private final String file;
    private final Codec codec;
    private final float[] features = new float[Model.COLUMNS];
    private final float[] score = new float[1];
    private Model model;
    private KeyValueStore<String, byte[]> store;

    Decide(Settings settings) {
      file = settings.get("model");
      codec = Codec.of(settings);
    }

    @Override
    public void init(ProcessorContext<String, Object> context) {
      super.init(context);
      store = context.getStateStore(STORE);
      try {
        model = new Model(file, 1);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void process(Record<String, byte[]> record) {
      var request = codec.request(record.value());
      byte[] kept = store.get(record.key());
      if (kept == null) throw new IllegalStateException("no features of unit " + record.key());
      float[] unit = codec.unitFeatures(kept);
      System.arraycopy(request.features, 0, features, 0, Codec.REQUEST_FEATURES);
      System.arraycopy(unit, 0, features, Codec.REQUEST_FEATURES, Codec.STATE_FEATURES);
      try {
        model.score(features, 1, score);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      double value = Formula.value(score[0], request.features[0], unit[0]);
      String action = Formula.action(value);
      byte[] decision =
          codec.decision(request.id, request.unit, score[0], value, action, Model.NAME, features, 0);
      context().forward(new Record<>(request.id, (Object) decision, record.timestamp()), "decisions");
      Headers asked = record.headers();
      var to = new Reply(
          new String(asked.lastHeader("kafka_replyTopic").value()),
          ByteBuffer.wrap(asked.lastHeader("kafka_replyPartition").value()).getInt(),
          codec.reply(request.id, action, value, score[0]));
      var headers = new RecordHeaders().add(asked.lastHeader("kafka_correlationId"));
      context().forward(new Record<>(request.id, (Object) to, record.timestamp(), headers), "replies");
    }
  }
}

package loopstream.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/** The ONNX model with buffers that are made once: for rows of one call up to `most`. Not for several threads. */
final class Model {
  static final int COLUMNS = 50;
  static final String NAME = "gbdt-100x6";

  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;
  private final FloatBuffer rows;
  private final FloatBuffer scores;
  private OnnxTensor input;
  private OnnxTensor output;
  private int bound;

  Model(String file, int most) throws OrtException {
    var options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
    session = environment.createSession(file, options);
    rows = floats(most * COLUMNS);
    scores = floats(most);
  }

  /** @param features `count` rows; @param into the scores */
  void score(float[] features, int count, float[] into) throws OrtException {
    rows.clear();
    rows.put(features, 0, count * COLUMNS);
    if (bound != count) bind(count);
    // The output is written where `scores` is: nothing is allocated natively.
    session.run(Map.of("features", input), Map.of("prediction", output)).close();
    scores.clear();
    scores.get(into, 0, count);
  }

  private void bind(int count) throws OrtException {
    if (input != null) {
      input.close();
      output.close();
    }
    rows.clear().limit(count * COLUMNS);
    scores.clear().limit(count);
    input = OnnxTensor.createTensor(environment, rows, new long[] {count, COLUMNS});
    output = OnnxTensor.createTensor(environment, scores, new long[] {count, 1});
    bound = count;
  }

  private static FloatBuffer floats(int count) {
    return ByteBuffer.allocateDirect(count * 4).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }
}

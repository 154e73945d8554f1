package loopstream.bench;

/** As bench/decisions/decide.ts computes it, to the bit. */
final class Formula {
  private Formula() {}

  static double value(float score, float request, float unit) {
    return score * (40 + 25 * (double) request) - (1 - (double) score) * (10 + 5 * (double) unit);
  }

  static String action(double value) {
    return value > 0 ? "accept" : "decline";
  }
}

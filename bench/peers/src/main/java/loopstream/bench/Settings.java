package loopstream.bench;

import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** What the harness asks for, as `--name value`; `--load` has no value; `--set key=value` overrides a client's property. */
record Settings(Map<String, String> values, Properties overrides) {
  static Settings of(String[] args) {
    var values = new HashMap<String, String>();
    var overrides = new Properties();
    for (int i = 0; i < args.length; i++) {
      String name = args[i].substring(2);
      if (name.equals("load")) values.put(name, "true");
      else if (name.equals("set")) {
        String[] pair = args[++i].split("=", 2);
        overrides.setProperty(pair[0], pair[1]);
      } else values.put(name, args[++i]);
    }
    return new Settings(values, overrides);
  }

  String get(String name) {
    String value = values.get(name);
    if (value == null) throw new IllegalArgumentException("--" + name + " is missing");
    return value;
  }

  /** Only fill the local state, then end. */
  boolean load() {
    return values.containsKey("load");
  }

  boolean exactlyOnce() {
    return get("guarantee").equals("exactly-once");
  }

  boolean lowLatency() {
    return get("profile").equals("low-latency");
  }

  int units() {
    return Integer.parseInt(get("units"));
  }
}

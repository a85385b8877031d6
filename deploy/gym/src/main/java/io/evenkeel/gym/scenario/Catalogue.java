package io.evenkeel.gym.scenario;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The scenarios that come with the gym, and those in files. */
public final class Catalogue {
  private static final String ALL = "all";
  private static final String FOLDER = "/gym/";

  private Catalogue() {}

  /** Names of those that come with the gym, in the order in which they are played. */
  public static List<String> names() {
    return resource("scenarios.txt").lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
  }

  /**
   * Those asked for.
   *
   * @param asked names, paths of YAML files, or {@code all}
   * @throws ScenarioException naming every problem of the first that has any
   */
  public static List<Scenario> find(List<String> asked) throws ScenarioException {
    List<Scenario> found = new ArrayList<>();
    List<String> names = names();
    for (String each : asked) {
      if (each.equals(ALL)) {
        for (String name : names) {
          found.add(shipped(name));
        }
      } else if (names.contains(each)) {
        found.add(shipped(each));
      } else {
        found.add(file(each, names));
      }
    }
    return found.stream().distinct().toList();
  }

  private static Scenario shipped(String name) throws ScenarioException {
    return ScenarioReader.read(name, resource(name + ".yaml"));
  }

  private static Scenario file(String path, List<String> names) throws ScenarioException {
    try {
      return ScenarioReader.read(path, Files.readString(Path.of(path)));
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw new ScenarioException(
          path, List.of("is neither " + String.join(", ", names) + " nor a file that can be read"));
    }
  }

  private static String resource(String name) {
    try (InputStream in = Catalogue.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException(FOLDER + name + " is not in the build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(name, e);
    }
  }
}

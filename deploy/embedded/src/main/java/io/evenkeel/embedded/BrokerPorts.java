package io.evenkeel.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;

/**
 * The two loopback ports of a broker, kept in a file so that clients find it again.
 *
 * @param broker what clients connect to
 * @param controller of the broker itself
 */
record BrokerPorts(int broker, int controller) {
  /** Name of the file in a folder of data. */
  static final String FILE = "kafka.properties";

  /** How ports are chosen. */
  @FunctionalInterface
  interface Choice {
    /**
     * Chooses, and keeps the choice.
     *
     * @param file what was chosen before, if it is there
     * @param wanted the broker's port; 0 for the one before, if it is free, or any free one
     */
    BrokerPorts choose(Path file, int wanted) throws IOException;
  }

  static BrokerPorts choose(Path file, int wanted) throws IOException {
    Properties stored = new Properties();
    if (Files.exists(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        stored.load(in);
      }
    }
    int controller = number(stored, "controller");
    if (controller == 0 || controller == wanted || !Ports.isFree(controller)) {
      controller = Ports.free();
    }
    int broker = wanted;
    if (wanted == 0) {
      broker = number(stored, "broker");
      while (broker == 0 || broker == controller || !Ports.isFree(broker)) {
        broker = Ports.free();
      }
    }
    if (broker != number(stored, "broker") || controller != number(stored, "controller")) {
      stored.setProperty("broker", Integer.toString(broker));
      stored.setProperty("controller", Integer.toString(controller));
      save(stored, file);
    }
    return new BrokerPorts(broker, controller);
  }

  /** Whole or not at all: the disk may be full. */
  private static void save(Properties ports, Path file) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try (OutputStream out = Files.newOutputStream(fresh)) {
      ports.store(out, null);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static int number(Properties stored, String name) throws IOException {
    try {
      return Integer.parseInt(stored.getProperty(name, "0"));
    } catch (NumberFormatException e) {
      throw new IOException(FILE + " is damaged (" + name + ")", e);
    }
  }
}

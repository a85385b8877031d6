package io.evenkeel.gateway.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Writes the port where others find it. */
@Component
class PortFile {

  private final Path folder;

  PortFile(GatewayConfig config) {
    folder = config.data().resolve("gateway");
  }

  @EventListener
  void write(WebServerInitializedEvent event) {
    try {
      Files.createDirectories(folder);
      Path written = folder.resolve("port.new");
      Files.writeString(written, event.getWebServer().getPort() + "\n");
      Files.move(
          written,
          folder.resolve("port"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + folder.resolve("port"), e);
    }
  }
}

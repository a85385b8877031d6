package io.evenkeel.controller.app;

import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.alerting.config.AlertsFile;
import io.evenkeel.alerting.config.Channel;
import io.evenkeel.contract.command.Mode;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.controller.kafka.KafkaLinks;
import io.evenkeel.controller.notify.request.AlertsStart;
import io.evenkeel.controller.notify.request.AlertsStart.Editing;
import io.evenkeel.controller.policy.MuDecay;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The controller's configuration.
 *
 * @param kafka Kafka
 * @param database database; empty: no alert delivery, no view of the control state
 * @param mode mode of runs that nobody has set
 * @param muDecay schedule along which mu decays
 * @param webhooks receivers that the environment names; empty if none
 * @param alertsStart who is told of alerts as it starts: by the file, or else the webhooks
 */
public record ControllerConfig(
    KafkaLinks kafka,
    Optional<Database> database,
    Mode mode,
    MuDecay muDecay,
    Webhooks webhooks,
    AlertsStart alertsStart) {

  /** Who is told of alerts as it starts. */
  AlertsConfig alerts() {
    return alertsStart.config();
  }

  /**
   * A database.
   *
   * @param url JDBC URL
   * @param user user
   * @param password password, never shown
   */
  public record Database(String url, String user, String password) {
    @Override
    public String toString() {
      return url + " as " + user;
    }
  }

  /**
   * Webhook receivers.
   *
   * @param urls where to
   * @param secrets what to sign with, newest first; never shown
   * @param targets which addresses are allowed
   * @param externalUrl the UI's address for links, empty if unknown
   */
  public record Webhooks(
      List<URI> urls, List<String> secrets, Targets targets, String externalUrl) {

    /** Copies. */
    public Webhooks {
      urls = List.copyOf(urls);
      secrets = List.copyOf(secrets);
    }

    @Override
    public String toString() {
      return urls + " " + targets;
    }
  }

  /** Which addresses a webhook may have. */
  public enum Targets {
    PUBLIC_ONLY,
    PRIVATE_TOO
  }

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException EVK-CONFIG-INVALID with every problem at once
   */
  public static ControllerConfig from(Map<String, String> environment) {
    List<String> problems = new ArrayList<>();
    String bootstrap = environment.getOrDefault("EVENKEEL_KAFKA_BOOTSTRAP", "localhost:9092");
    if (bootstrap.isBlank()) {
      problems.add("EVENKEEL_KAFKA_BOOTSTRAP is empty");
    }
    Mode mode = mode(environment.getOrDefault("EVENKEEL_CONTROL_MODE", "advise"), problems);
    MuDecay muDecay = muDecay(environment.get("EVENKEEL_MU_DECAY"), problems);
    Optional<Database> database =
        Optional.ofNullable(environment.get("EVENKEEL_DB_URL"))
            .filter(url -> !url.isBlank())
            .map(
                url ->
                    new Database(
                        url,
                        environment.getOrDefault("EVENKEEL_DB_USER", "evenkeel"),
                        environment.getOrDefault("EVENKEEL_DB_PASSWORD", "")));
    List<URI> urls = new ArrayList<>();
    for (String url : split(environment.get("EVENKEEL_WEBHOOK_URL"))) {
      uri(url, problems).ifPresent(urls::add);
    }
    List<String> secrets = split(environment.get("EVENKEEL_WEBHOOK_SECRET"));
    for (String secret : secrets) {
      if (!isSecret(secret)) {
        problems.add("EVENKEEL_WEBHOOK_SECRET: each secret must be whsec_ and then base64");
      }
    }
    if (secrets.size() > 2) {
      problems.add("EVENKEEL_WEBHOOK_SECRET holds more than two secrets");
    }
    if (!urls.isEmpty() && database.isEmpty()) {
      problems.add("EVENKEEL_WEBHOOK_URL needs EVENKEEL_DB_URL: alerts wait there for delivery");
    }
    Targets targets =
        flag(environment, "EVENKEEL_WEBHOOK_ALLOW_PRIVATE")
            ? Targets.PRIVATE_TOO
            : Targets.PUBLIC_ONLY;
    String externalUrl = environment.getOrDefault("EVENKEEL_EXTERNAL_URL", "");
    Optional<AlertsFile> file = alertsFile(environment, externalUrl, problems);
    if (environment.containsKey("EVENKEEL_ALERTS_FILE") && !urls.isEmpty()) {
      problems.add("EVENKEEL_ALERTS_FILE and EVENKEEL_WEBHOOK_URL exclude each other");
    }
    boolean tells = file.flatMap(AlertsFile::config).filter(c -> !c.isEmpty()).isPresent();
    if (tells && database.isEmpty()) {
      problems.add("EVENKEEL_ALERTS_FILE needs EVENKEEL_DB_URL: alerts wait there for delivery");
    }
    AlertsStart start =
        new AlertsStart(
            file.flatMap(AlertsFile::config)
                .orElseGet(
                    () -> AlertsConfig.ofWebhooks(urls, secrets, reach(targets), externalUrl)),
            file.map(AlertsFile::shown),
            urls.isEmpty() ? Editing.POSSIBLE : Editing.FIXED,
            secretsFolder(environment, problems),
            flag(environment, "EVENKEEL_ALERTS_ALLOW_PRIVATE")
                ? Channel.Reach.PRIVATE_TOO
                : Channel.Reach.PUBLIC_ONLY,
            externalUrl);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          ErrorId.CONFIG_INVALID.line(String.join("; ", problems) + "."));
    }
    return new ControllerConfig(
        new KafkaLinks(bootstrap),
        database,
        mode,
        muDecay,
        new Webhooks(urls, secrets, targets, externalUrl),
        start);
  }

  private static boolean flag(Map<String, String> environment, String name) {
    return Boolean.parseBoolean(environment.getOrDefault(name, "false"));
  }

  private static Optional<Path> secretsFolder(
      Map<String, String> environment, List<String> problems) {
    String path = environment.getOrDefault("EVENKEEL_ALERTS_SECRETS", "");
    if (path.isBlank()) {
      return Optional.empty();
    }
    try {
      Path folder = Path.of(path);
      if (Files.isDirectory(folder)) {
        return Optional.of(folder);
      }
    } catch (InvalidPathException e) {
      // Told below.
    }
    problems.add("EVENKEEL_ALERTS_SECRETS is no folder that can be read");
    return Optional.empty();
  }

  private static Channel.Reach reach(Targets targets) {
    return switch (targets) {
      case PUBLIC_ONLY -> Channel.Reach.PUBLIC_ONLY;
      case PRIVATE_TOO -> Channel.Reach.PRIVATE_TOO;
    };
  }

  private static Optional<AlertsFile> alertsFile(
      Map<String, String> environment, String externalUrl, List<String> problems) {
    String path = environment.getOrDefault("EVENKEEL_ALERTS_FILE", "");
    if (path.isBlank()) {
      return Optional.empty();
    }
    try {
      AlertsFile file = AlertsFile.read(Path.of(path), externalUrl);
      file.problems().forEach(problem -> problems.add(path + ":" + problem));
      return Optional.of(file);
    } catch (IOException | InvalidPathException e) {
      problems.add("EVENKEEL_ALERTS_FILE cannot be read: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static Mode mode(String text, List<String> problems) {
    try {
      return Mode.valueOf(text.trim().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      problems.add("EVENKEEL_CONTROL_MODE is '" + text + "', not observe, advise or auto");
      return Mode.OBSERVE;
    }
  }

  private static MuDecay muDecay(@Nullable String text, List<String> problems) {
    try {
      return text == null || text.isBlank() ? MuDecay.DEFAULT : MuDecay.parse(text);
    } catch (IllegalArgumentException e) {
      problems.add("EVENKEEL_MU_DECAY " + e.getMessage());
      return MuDecay.DEFAULT;
    }
  }

  private static Optional<URI> uri(String text, List<String> problems) {
    try {
      URI uri = URI.create(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getUserInfo() == null) {
        return Optional.of(uri);
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    problems.add("EVENKEEL_WEBHOOK_URL holds what is no http(s) address");
    return Optional.empty();
  }

  private static boolean isSecret(String text) {
    try {
      return text.startsWith("whsec_")
          && Base64.getDecoder().decode(text.substring("whsec_".length())).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static List<String> split(@Nullable String text) {
    return text == null
        ? List.of()
        : Arrays.stream(text.split(",")).map(String::trim).filter(s -> !s.isEmpty()).toList();
  }
}

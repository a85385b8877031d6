package io.evenkeel.alerting.config;

import io.evenkeel.alerting.config.AlertsConfig.Links;
import io.evenkeel.alerting.config.Channel.Reach;
import io.evenkeel.alerting.config.Fields.Truth;
import io.evenkeel.alerting.route.InhibitRule;
import io.evenkeel.alerting.route.Route;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * A file of receivers and routes, checked. The node graph is read, not objects made of it: nothing
 * in the file can name a class, and every node has its place.
 *
 * @param config what it says; empty if it has errors
 * @param problems all errors, by place
 * @param shown the text as people may see it: secrets that stand in it are covered
 */
public record AlertsFile(Optional<AlertsConfig> config, List<Problem> problems, String shown) {

  private static final int MOST_BYTES = 1_000_000;
  private static final int MOST_DEPTH = 50;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final List<String> ROOT_KEYS =
      List.of("global", "route", "receivers", "inhibit_rules");
  private static final List<String> GLOBAL_KEYS =
      List.of("external_url", "runbook_url", "allow_private");

  /** Copies, and sorts the problems. */
  public AlertsFile {
    problems = problems.stream().sorted(Problem.BY_PLACE).distinct().toList();
  }

  /**
   * Reads and checks a file.
   *
   * @param dashboard the UI's address where the file says none
   * @throws IOException if it cannot be read, or is larger than 1 MB
   */
  public static AlertsFile read(Path file, String dashboard) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException(file + " is larger than " + MOST_BYTES + " bytes");
      }
      Path folder = file.toAbsolutePath().normalize().getParent();
      return parse(
          new String(bytes, StandardCharsets.UTF_8),
          folder == null ? Path.of("").toAbsolutePath() : folder,
          dashboard);
    }
  }

  /**
   * Reads and checks a file's text.
   *
   * @param folder that files of secrets are relative to
   * @param dashboard the UI's address where the text says none
   */
  public static AlertsFile parse(String text, Path folder, String dashboard) {
    return parse(text, Secrets.ofOwner(folder), dashboard);
  }

  /**
   * The same for other authors.
   *
   * @param secrets where secrets are, and what the author may say
   */
  public static AlertsFile parse(String text, Secrets secrets, String dashboard) {
    return new Reader(secrets, dashboard).read(text);
  }

  /** Who may not allow private addresses is told. */
  static void checkReach(Fields fields, String key, Secrets secrets) {
    if (secrets.reach() == Reach.PUBLIC_ONLY) {
      fields.add(
          fields.place(key),
          ErrorId.ALERTS_PRIVATE,
          "'%s' may be said only where the controller was started with EVENKEEL_ALERTS_ALLOW_PRIVATE=true"
              .formatted(key));
    }
  }

  private static final class Reader {
    private final Secrets secrets;
    private final String dashboard;
    private final List<Problem> problems = new ArrayList<>();
    private final List<ScalarNode> clear = new ArrayList<>();

    Reader(Secrets secrets, String dashboard) {
      this.secrets = secrets;
      this.dashboard = dashboard;
    }

    AlertsFile read(String text) {
      @Nullable Node root = compose(text);
      if (root == null) {
        if (problems.isEmpty()) {
          problems.add(new Problem(1, 1, ErrorId.ALERTS_CONFIG, "the file is empty"));
        }
        return new AlertsFile(Optional.empty(), problems, Cover.NOTHING_SHOWN);
      }
      Fields fields = new Fields(root, "the file", ROOT_KEYS, problems);
      Optional<Fields> global =
          fields.has("global")
              ? Optional.of(new Fields(fields.place("global"), "'global'", GLOBAL_KEYS, problems))
              : Optional.empty();
      boolean anywhere = global.map(g -> g.flag("allow_private", Truth.NO)).orElse(false);
      if (anywhere) {
        checkReach(global.orElseThrow(), "allow_private", secrets);
      }
      Links links =
          new Links(
              link(global.flatMap(g -> g.text("external_url")).orElse(dashboard)),
              link(global.flatMap(g -> g.text("runbook_url")).orElse("")));
      Map<String, List<Channel>> receivers =
          receivers(fields, anywhere ? Reach.PRIVATE_TOO : Reach.PUBLIC_ONLY);
      RouteReader routes = new RouteReader(receivers.keySet(), problems);
      Optional<Route> route = Optional.empty();
      if (fields.has("route")) {
        route = routes.root(fields.place("route"));
      } else {
        fields.add(root, "'route' is missing");
      }
      List<InhibitRule> inhibit = new ArrayList<>();
      if (fields.has("inhibit_rules")) {
        fields.list("inhibit_rules").forEach(n -> routes.inhibitRule(n).ifPresent(inhibit::add));
      } else {
        inhibit.addAll(InhibitRule.DEFAULT);
      }
      return new AlertsFile(
          problems.isEmpty()
              ? route.map(r -> new AlertsConfig(receivers, r, inhibit, links))
              : Optional.empty(),
          problems,
          Cover.of(text, clear));
    }

    private static String link(String base) {
      return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
    }

    private @Nullable Node compose(String text) {
      LoaderOptions options = new LoaderOptions();
      options.setCodePointLimit(MOST_BYTES);
      options.setNestingDepthLimit(MOST_DEPTH);
      try {
        return new Yaml(options).compose(new StringReader(text));
      } catch (MarkedYAMLException e) {
        Mark mark = e.getProblemMark();
        problems.add(
            new Problem(
                mark == null ? 1 : mark.getLine() + 1,
                mark == null ? 1 : mark.getColumn() + 1,
                ErrorId.ALERTS_CONFIG,
                "not YAML: " + e.getProblem()));
      } catch (YAMLException e) {
        problems.add(new Problem(1, 1, ErrorId.ALERTS_CONFIG, "not YAML: " + e.getMessage()));
      }
      return null;
    }

    private Map<String, List<Channel>> receivers(Fields fields, Reach reach) {
      Map<String, List<Channel>> receivers = new LinkedHashMap<>();
      if (!fields.has("receivers")) {
        fields.add(fields.place(""), "'receivers' is missing");
      }
      for (Node node : fields.list("receivers")) {
        receiver(node, reach, receivers);
      }
      return receivers;
    }

    private void receiver(Node node, Reach reach, Map<String, List<Channel>> receivers) {
      ChannelReader reader = new ChannelReader(secrets, reach, problems, clear);
      Map<String, Function<Node, Optional<Channel>>> kinds = new LinkedHashMap<>();
      kinds.put("webhook_configs", reader::webhook);
      kinds.put("slack_configs", reader::slack);
      kinds.put("pagerduty_configs", reader::pagerDuty);
      kinds.put("alertmanager_configs", reader::alertmanager);
      List<String> keys = new ArrayList<>(List.of("name"));
      keys.addAll(kinds.keySet());
      Fields fields = new Fields(node, "a receiver", keys, problems);
      String name = fields.text("name").orElse("");
      if (!NAME.matcher(name).matches()) {
        fields.add(
            fields.place("name"),
            "a receiver needs a name of letters, digits, '.', '_' and '-', at most 100");
      }
      List<Channel> channels = new ArrayList<>();
      Set<String> seen = new HashSet<>();
      kinds.forEach(
          (key, read) -> {
            for (Node entry : fields.list(key)) {
              Optional<Channel> channel = read.apply(entry);
              channel.ifPresent(channels::add);
              if (channel.isPresent() && !seen.add(channel.get().id(name))) {
                fields.add(entry, "the receiver has this " + channel.get().kind() + " already");
              }
            }
          });
      if (receivers.containsKey(name)) {
        fields.add(fields.place("name"), "the receiver '" + name + "' is there already");
      }
      // A receiver without a channel is allowed: what goes there is told to nobody.
      receivers.put(name, channels);
    }
  }
}

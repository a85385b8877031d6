package io.evenkeel.alerting.config;

import io.evenkeel.alerting.config.Channel.Options;
import io.evenkeel.alerting.config.Channel.Reach;
import io.evenkeel.alerting.config.Channel.Resolved;
import io.evenkeel.alerting.config.Fields.Truth;
import io.evenkeel.alerting.config.Secrets.Kind;
import io.evenkeel.contract.error.ErrorId;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads one channel of a receiver. */
final class ChannelReader {

  private static final URI PAGER_DUTY = URI.create("https://events.pagerduty.com/v2/enqueue");

  /** PagerDuty's regions: a routing key may go there without further ado. */
  private static final Set<String> PAGER_DUTY_HOSTS =
      Set.of("events.pagerduty.com", "events.eu.pagerduty.com");

  private static final String COMMON = "send_resolved";
  private static final String ALLOW = "allow_private";
  private static final int MOST_SECRETS = 2;

  private final Secrets source;
  private final Reach reach;
  private final List<Problem> problems;
  private final List<ScalarNode> clear;

  /**
   * A reader.
   *
   * @param source where secrets are
   * @param reach where nothing else is said
   * @param problems where problems go
   * @param clear where secrets go that stand in the text
   */
  ChannelReader(Secrets source, Reach reach, List<Problem> problems, List<ScalarNode> clear) {
    this.source = source;
    this.reach = reach;
    this.problems = problems;
    this.clear = clear;
  }

  Optional<Channel> webhook(Node node) {
    Fields fields =
        fields(node, "a webhook", "url", "url_file", "secrets", "secrets_file", COMMON, ALLOW);
    Optional<URI> url = webhookUrl(fields);
    List<Secret> secrets = secrets(fields);
    Options options = options(fields);
    return url.map(where -> new Channel.Webhook(where, secrets, options));
  }

  /** Only its query is taken for a secret; a path that is one belongs into a file. */
  private Optional<URI> webhookUrl(Fields fields) {
    Optional<URI> url =
        one(fields, "url", Kind.ADDRESS).flatMap(text -> uri(fields, "url", text.value()));
    if (fields.has("url") && url.isPresent() && url.get().getRawQuery() != null) {
      seen(fields, "url");
    }
    return url;
  }

  Optional<Channel> slack(Node node) {
    Fields fields = fields(node, "a Slack webhook", "api_url", "api_url_file", COMMON, ALLOW);
    Optional<URI> url =
        secret(fields, "api_url", Kind.ADDRESS)
            .flatMap(text -> uri(fields, "api_url", text.value()));
    Options options = options(fields);
    return url.map(where -> new Channel.Slack(where, options));
  }

  Optional<Channel> pagerDuty(Node node) {
    Fields fields =
        fields(
            node, "a PagerDuty service", "routing_key", "routing_key_file", "url", COMMON, ALLOW);
    Optional<Secret> key = secret(fields, "routing_key", Kind.KEY);
    Optional<URI> url =
        fields.has("url")
            ? fields.text("url").flatMap(text -> uri(fields, "url", text))
            : Optional.of(PAGER_DUTY);
    Options options = options(fields);
    url.filter(where -> key.isPresent())
        .ifPresent(where -> bind(fields, "routing_key_file", where, PAGER_DUTY_HOSTS));
    return url.flatMap(where -> key.map(k -> new Channel.PagerDuty(where, k, options)));
  }

  Optional<Channel> alertmanager(Node node) {
    Fields fields =
        fields(node, "an Alertmanager", "url", "bearer_token", "bearer_token_file", COMMON, ALLOW);
    Optional<URI> url = required(fields, "url").flatMap(text -> uri(fields, "url", text));
    Optional<Secret> token =
        fields.has("bearer_token") || fields.has("bearer_token_file")
            ? secret(fields, "bearer_token", Kind.KEY)
            : Optional.empty();
    Options options = options(fields);
    url.filter(where -> token.isPresent())
        .ifPresent(where -> bind(fields, "bearer_token_file", where, Set.of()));
    return url.map(where -> new Channel.Alertmanager(where, token, options));
  }

  /**
   * Who edits from afar may not have a key sent where he likes: its owner has said where it may go,
   * by the name of its file.
   */
  private void bind(Fields fields, String inFile, URI url, Set<String> usual) {
    if (source.clear() == Secrets.Clear.ALLOWED || !fields.has(inFile)) {
      return;
    }
    String host = url.getHost().toLowerCase(Locale.ROOT);
    fields
        .text(inFile)
        .filter(name -> !FolderSecrets.mayGo(name, host, usual))
        .ifPresent(
            name ->
                fields.add(
                    fields.place(inFile),
                    ErrorId.ALERTS_SECRET,
                    "the secret '%s' may not be sent to %s: that takes a file whose name ends in '@%s'"
                        .formatted(name, host, host)));
  }

  private Fields fields(Node node, String what, String... keys) {
    return new Fields(node, what, List.of(keys), problems);
  }

  private Options options(Fields fields) {
    boolean everywhere = fields.flag(ALLOW, Truth.of(reach == Reach.PRIVATE_TOO));
    if (everywhere && fields.has(ALLOW)) {
      AlertsFile.checkReach(fields, ALLOW, source);
    }
    boolean resolved = fields.flag(COMMON, Truth.YES);
    return new Options(
        everywhere ? Reach.PRIVATE_TOO : Reach.PUBLIC_ONLY,
        resolved ? Resolved.SENT : Resolved.KEPT);
  }

  private Optional<String> required(Fields fields, String key) {
    if (!fields.has(key)) {
      fields.add(fields.place(key), "'" + key + "' is missing");
    }
    return fields.text(key);
  }

  /** A secret in the text, or in a file of its own. */
  private Optional<Secret> secret(Fields fields, String key, Kind kind) {
    Optional<Secret> secret = one(fields, key, kind);
    if (fields.has(key)) {
      seen(fields, key);
    }
    return secret;
  }

  /** A value in the text, or in a file of its own. */
  private Optional<Secret> one(Fields fields, String key, Kind kind) {
    String inFile = key + "_file";
    if (fields.has(key) && fields.has(inFile)) {
      fields.add(fields.place(inFile), "'" + key + "' and '" + inFile + "' exclude each other");
    }
    if (!fields.has(key) && fields.has(inFile)) {
      return fields.text(inFile).flatMap(name -> read(fields, inFile, kind, name)).map(Secret::new);
    }
    return required(fields, key).map(Secret::new);
  }

  /** A secret stands in the text. */
  private void seen(Fields fields, String key) {
    if (fields.place(key) instanceof ScalarNode scalar) {
      seen(fields, key, scalar);
    }
  }

  private void seen(Fields fields, String key, ScalarNode scalar) {
    clear.add(scalar);
    if (source.clear() == Secrets.Clear.REFUSED) {
      fields.add(
          scalar,
          ErrorId.ALERTS_CLEAR_SECRET,
          "'%s' is or may hold a secret, and must not stand here: put it into a file of the folder of secrets, and name that in '%s_file'"
              .formatted(key, key));
    }
  }

  private Optional<String> read(Fields fields, String key, Kind kind, String name) {
    try {
      return Optional.of(source.read(kind, name));
    } catch (IOException e) {
      fields.add(fields.place(key), ErrorId.ALERTS_SECRET, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private List<Secret> secrets(Fields fields) {
    List<Secret> secrets = new ArrayList<>();
    for (ScalarNode scalar : fields.texts("secrets")) {
      secrets.add(new Secret(scalar.getValue().trim()));
      seen(fields, "secrets", scalar);
    }
    if (fields.has("secrets") && fields.has("secrets_file")) {
      fields.add(fields.place("secrets_file"), "'secrets' and 'secrets_file' exclude each other");
    } else if (fields.has("secrets_file")) {
      fields
          .text("secrets_file")
          .flatMap(name -> read(fields, "secrets_file", Kind.SIGNATURES, name))
          .ifPresent(text -> text.lines().forEach(line -> secrets.add(new Secret(line.trim()))));
    }
    String key = fields.has("secrets") ? "secrets" : "secrets_file";
    if (secrets.size() > MOST_SECRETS) {
      fields.add(fields.place(key), "there are more than two secrets: the new one and the old one");
    }
    if (!secrets.stream().allMatch(ChannelReader::isSecret)) {
      fields.add(fields.place(key), "each secret must be whsec_ and then base64");
      return List.of();
    }
    return secrets;
  }

  private static boolean isSecret(Secret secret) {
    String prefix = "whsec_";
    try {
      return secret.value().startsWith(prefix)
          && Base64.getDecoder().decode(secret.value().substring(prefix.length())).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Optional<URI> uri(Fields fields, String key, String text) {
    try {
      URI uri = URI.create(text);
      boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (http && uri.getHost() != null && uri.getUserInfo() == null) {
        return Optional.of(uri);
      }
    } catch (IllegalArgumentException e) {
      // Told below; the text itself may be a secret.
    }
    Node place = fields.has(key) ? fields.place(key) : fields.place(key + "_file");
    fields.add(place, "'" + key + "' is no http(s) address of the form https://host/path");
    return Optional.empty();
  }
}

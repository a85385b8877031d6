package io.evenkeel.controller.notify.text;

import io.evenkeel.alerting.config.AlertsConfig.Links;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.rule.Runbook;
import io.evenkeel.controller.notify.Notice;
import io.evenkeel.controller.notify.Notice.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a notice says: what, since which step, how bad against the limit, what Evenkeel did or
 * proposes, and where to look. Plain text; a channel adds its own marks.
 */
public final class Wording {

  private static final int LONGEST_SUMMARY = 500;

  private final Links links;

  /** Words with these links. */
  public Wording(Links links) {
    this.links = links;
  }

  /** One line for the whole notice. */
  public String title(Notice notice) {
    List<Item> items = notice.items();
    AlertEvent worst = worst(notice).alert();
    String state =
        (notice.replay().isPresent() ? "REPLAY, " : "") + (notice.fires() ? "FIRING" : "RESOLVED");
    String run = inAll(items, "run", worst.run());
    if (items.size() == 1 && notice.remaining() == 0) {
      return "[%s, %s] run %s: %s, %s"
          .formatted(state, severity(worst), run, worst.rule(), place(worst.scope()));
    }
    return "[%s, %s] %s: %s, %d incidents%s"
        .formatted(
            state,
            severity(worst),
            run.isEmpty() ? "several runs" : "run " + run,
            inAll(items, "rule", worst.rule()).isEmpty() ? "several rules" : worst.rule(),
            items.size() + notice.remaining(),
            counts(notice));
  }

  private static String counts(Notice notice) {
    long fresh =
        notice.items().stream().filter(i -> i.fires() && i.role() == Notice.Role.NEW).count();
    long over = notice.items().stream().filter(i -> !i.fires()).count();
    long still = notice.items().size() - fresh - over;
    String told = " (%d new, %d still firing, %d resolved".formatted(fresh, still, over);
    return notice.remaining() == 0
        ? told + ")"
        : told + ", " + notice.remaining() + " more come with the next notice)";
  }

  /** The value that all share, or empty. */
  private static String inAll(List<Item> items, String what, String first) {
    return items.stream()
            .map(item -> what.equals("run") ? item.alert().run() : item.alert().rule())
            .allMatch(first::equals)
        ? first
        : "";
  }

  /** The gravest that fires; if nothing does, the first. */
  public Item worst(Notice notice) {
    Item worst = notice.items().getFirst();
    for (Item item : notice.items()) {
      boolean graver =
          item.fires()
              && (!worst.fires()
                  || item.alert().severity().compareTo(worst.alert().severity()) > 0);
      if (graver) {
        worst = item;
      }
    }
    return worst;
  }

  /** What is to be known about an incident, a line each. */
  public List<String> lines(Item item) {
    AlertEvent alert = item.alert();
    List<String> lines = new ArrayList<>();
    String summary = alert.summary().isBlank() ? alert.rule() : alert.summary();
    lines.add(
        summary.length() > LONGEST_SUMMARY
            ? summary.substring(0, LONGEST_SUMMARY) + "..."
            : summary);
    lines.add(
        item.fires()
            ? "Since step %d, as of step %d, %s."
                .formatted(alert.firstStep(), alert.step(), place(alert.scope()))
            : "From step %d to step %d, %s. It is over."
                .formatted(alert.firstStep(), alert.step(), place(alert.scope())));
    lines.add(howBad(alert.value(), alert.threshold()));
    for (String sentence : item.control()) {
      lines.add("Evenkeel " + sentence);
    }
    if (item.control().isEmpty() && item.fires()) {
      lines.add("Evenkeel has decided nothing on it yet; the audit page shows when it does.");
    }
    return lines;
  }

  /** A line of one incident among many. */
  public String line(Item item) {
    AlertEvent alert = item.alert();
    return "%s%s, %s, %s since step %d: %s"
        .formatted(
            item.fires() ? "" : "resolved: ",
            alert.rule(),
            place(alert.scope()),
            severity(alert),
            alert.firstStep(),
            howBad(alert.value(), alert.threshold()));
  }

  /** Where in the model. */
  public static String place(String scope) {
    if (scope.equals("run")) {
      return "the whole run";
    }
    int slash = scope.indexOf('/');
    if (slash < 0) {
      return scope;
    }
    String name = scope.substring(slash + 1);
    return switch (scope.substring(0, slash)) {
      case "layers" -> "layer " + name;
      case "tensors" -> "tensor " + name;
      case "ranks" -> "rank " + name;
      case "scalars" -> "scalar " + name;
      default -> scope;
    };
  }

  /** The value against its limit. NaN and infinity are data. */
  static String howBad(double value, double threshold) {
    if (!Double.isFinite(value)) {
      return "The value is " + value + ".";
    }
    if (!Double.isFinite(threshold)) {
      return "The value is %s.".formatted(number(value));
    }
    double times = threshold == 0 ? 0 : value / threshold;
    String against = times >= 1.05 ? ", %s times the limit".formatted(number(times)) : "";
    return "The value is %s, the limit %s%s.".formatted(number(value), number(threshold), against);
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.3g", value);
    if (text.contains("e")) {
      return text;
    }
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }

  /** In lower case. */
  public static String severity(AlertEvent alert) {
    return alert.severity().name().toLowerCase(Locale.ROOT);
  }

  /** The run's page; empty if the dashboard's address is not known. */
  public String chart(AlertEvent alert) {
    return links.dashboard().isEmpty() ? "" : links.dashboard() + "/runs/" + alert.run();
  }

  /** The rule's runbook: a link, or the path of the page in Evenkeel's documentation. */
  public String runbook(AlertEvent alert) {
    String page = Runbook.page(alert.rule());
    return links.runbooks().isEmpty()
        ? page
        : links.runbooks() + page.substring(page.lastIndexOf('/'));
  }

  /** The dashboard's address, empty if unknown. */
  public String dashboard() {
    return links.dashboard();
  }

  /** Annotations, as Alertmanager calls them. */
  public Map<String, String> annotations(Item item) {
    AlertEvent alert = item.alert();
    Map<String, String> annotations = new java.util.LinkedHashMap<>();
    annotations.put("summary", alert.summary());
    annotations.put("description", String.join("\n", lines(item)));
    annotations.put("runbook", Runbook.page(alert.rule()));
    annotations.put("runbook_url", runbook(alert));
    if (!chart(alert).isEmpty()) {
      annotations.put("dashboard", chart(alert));
    }
    annotations.put("first_step", Long.toString(alert.firstStep()));
    annotations.put("step", Long.toString(alert.step()));
    annotations.put("value", Double.toString(alert.value()));
    annotations.put("threshold", Double.toString(alert.threshold()));
    return annotations;
  }
}

package io.evenkeel.controller.notify.slack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.contract.alert.AlertEvent;
import io.evenkeel.contract.alert.Severity;
import io.evenkeel.controller.notify.Notice;
import io.evenkeel.controller.notify.Notice.Item;
import io.evenkeel.controller.notify.Receiver;
import io.evenkeel.controller.notify.http.Poster;
import io.evenkeel.controller.notify.text.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Slack's incoming webhook: a message with an attachment, coloured by how grave it is. */
public final class SlackReceiver implements Receiver {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_LINES = 10;
  private static final int MOST_TEXT = 2_900;

  private final String id;
  private final String shownUrl;
  private final Wording wording;
  private final Poster poster;

  /**
   * A receiver.
   *
   * @param id a stable id
   * @param shownUrl its address as people may see it
   * @param wording what is said
   * @param poster where to
   */
  public SlackReceiver(String id, String shownUrl, Wording wording, Poster poster) {
    this.id = id;
    this.shownUrl = shownUrl;
    this.wording = wording;
    this.poster = poster;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String shownUrl() {
    return shownUrl;
  }

  @Override
  public Outcome deliver(Notice notice) throws InterruptedException {
    return poster.post(body(notice), Map.of());
  }

  String body(Notice notice) {
    Item worst = wording.worst(notice);
    ObjectNode root = JSON.createObjectNode();
    String title = escaped(wording.title(notice));
    root.put("text", title);
    ObjectNode attachment = root.putArray("attachments").addObject();
    attachment.put("fallback", title);
    attachment.put("color", colour(notice, worst.alert().severity()));
    attachment.put("text", text(notice, worst));
    ArrayNode marked = attachment.putArray("mrkdwn_in");
    marked.add("text");
    attachment.put("footer", "Evenkeel " + notice.id());
    attachment.put("ts", worst.startsAt().getEpochSecond());
    try {
      return JSON.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of strings can always be written", e);
    }
  }

  private String text(Notice notice, Item worst) {
    List<String> lines = new ArrayList<>();
    wording.lines(worst).forEach(line -> lines.add(escaped(line)));
    int others = 0;
    for (Item item : notice.items()) {
      if (item != worst && others++ < MOST_LINES) {
        lines.add("• " + escaped(wording.line(item)));
      }
    }
    int unsaid = Math.max(0, others - MOST_LINES) + notice.remaining();
    if (unsaid > 0) {
      lines.add("and " + unsaid + " more");
    }
    String text = String.join("\n", lines);
    return cut(text) + "\n" + links(worst.alert());
  }

  private static String cut(String text) {
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + "...";
  }

  private String links(AlertEvent alert) {
    String runbook = wording.runbook(alert);
    String book =
        runbook.startsWith("http") ? "<" + escaped(runbook) + "|Runbook>" : "Runbook: " + runbook;
    String chart = wording.chart(alert);
    return chart.isEmpty() ? book : "<" + escaped(chart) + "|Charts> | " + book;
  }

  private static String colour(Notice notice, Severity severity) {
    if (!notice.fires()) {
      return "good";
    }
    return switch (severity) {
      case CRITICAL -> "danger";
      case WARNING -> "warning";
      case INFO -> "#439FE0";
    };
  }

  /** Slack reads these three as marks. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}

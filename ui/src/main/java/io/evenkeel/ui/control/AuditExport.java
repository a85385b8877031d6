package io.evenkeel.ui.control;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.evenkeel.ui.activity.ActivityLog;
import io.evenkeel.ui.security.Access;
import io.evenkeel.ui.security.Role;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the audit trail as a file, line by line: what is held in memory does not grow with it.
 * Needs the role viewer, as the page does; who exported what stands in the activity log.
 */
@Component
public class AuditExport {
  private static final String SPREADSHEET_FORMULA = "=+-@\t\r";

  private final AuditReader reader;
  private final Access access;
  private final ActivityLog activity;

  AuditExport(AuditReader reader, Access access, ActivityLog activity) {
    this.reader = reader;
    this.access = access;
    this.activity = activity;
  }

  /** A format. */
  public enum Format {
    /** One header, one line an entry (RFC 4180). */
    CSV("text/csv; charset=utf-8", "csv"),
    /** One JSON object a line. */
    JSONL("application/x-ndjson", "jsonl");

    private final String mediaType;
    private final String suffix;

    Format(String mediaType, String suffix) {
      this.mediaType = mediaType;
      this.suffix = suffix;
    }

    /** The media type. */
    public String mediaType() {
      return mediaType;
    }

    /** The file's name. */
    public String fileName() {
      return "evenkeel-audit." + suffix;
    }
  }

  /**
   * Writes the lines that match, newest first.
   *
   * @throws org.springframework.security.access.AccessDeniedException if nobody is logged in
   */
  public void write(AuditFilter filter, Format format, OutputStream out) throws IOException {
    access.require(Role.VIEWER);
    // Before the first line leaves, so that an export that is broken off is known too.
    activity.done(access.user(), "audit.export", format.name(), told(filter));
    try {
      var text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
      switch (format) {
        case CSV -> csv(filter, text);
        case JSONL -> jsonl(filter, text);
      }
      text.flush();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String told(AuditFilter filter) {
    return filter.equals(AuditFilter.ALL) ? "All of it." : "Of " + filter.parameters() + ".";
  }

  private void csv(AuditFilter filter, OutputStreamWriter out) throws IOException {
    CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.CRLF).build(out);
    csv.writeRecord(
        "at",
        "run",
        "incarnation",
        "step",
        "actor",
        "decision",
        "mode",
        "knob",
        "scope",
        "from",
        "to",
        "reason",
        "error_id",
        "evidence",
        "command",
        "sentence",
        "audit_id");
    reader.all(
        filter,
        line ->
            csv.writeRecord(
                String.valueOf(line.at()),
                cell(line.run()),
                Integer.toString(line.incarnation()),
                Long.toString(line.step()),
                cell(line.actor()),
                line.decision(),
                line.mode(),
                cell(line.knob()),
                cell(line.scope()),
                number(line.from()),
                number(line.to()),
                cell(line.reason()),
                line.errorId(),
                cell(evidence(line).toString()),
                line.command() == null ? "" : line.command().toString(),
                cell(AuditSentence.of(line)),
                cell(line.auditId())));
    // It has a buffer of its own, before the one of the stream.
    csv.flush();
  }

  private void jsonl(AuditFilter filter, OutputStreamWriter out) {
    reader.all(
        filter,
        line -> {
          ObjectNode json = JsonNodeFactory.instance.objectNode();
          json.put("at", String.valueOf(line.at())).put("run", line.run());
          json.put("incarnation", line.incarnation()).put("step", line.step());
          json.put("actor", line.actor()).put("decision", line.decision());
          json.put("mode", line.mode()).put("knob", line.knob()).put("scope", line.scope());
          put(json, "from", line.from());
          put(json, "to", line.to());
          json.put("reason", line.reason()).put("error_id", line.errorId());
          json.set("evidence", evidence(line));
          json.put("command", line.command()).put("sentence", AuditSentence.of(line));
          json.put("audit_id", line.auditId());
          try {
            out.write(json.toString());
            out.write('\n');
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private static ObjectNode evidence(AuditLine line) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, Double> figure : line.evidence().entrySet()) {
      put(json, figure.getKey(), figure.getValue());
    }
    return json;
  }

  // JSON has no NaN and no infinity: they are told as texts.
  private static void put(ObjectNode json, String name, @Nullable Double value) {
    if (value == null) {
      json.putNull(name);
    } else if (Double.isFinite(value)) {
      json.put(name, value);
    } else {
      json.put(name, value.toString());
    }
  }

  private static String number(@Nullable Double value) {
    return value == null ? "" : value.toString();
  }

  // A spreadsheet evaluates a text that begins like a formula; texts come from outside.
  private static String cell(String text) {
    return !text.isEmpty() && SPREADSHEET_FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
  }
}

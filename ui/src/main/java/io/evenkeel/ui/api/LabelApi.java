package io.evenkeel.ui.api;

import io.evenkeel.ui.labels.RunLabel;
import io.evenkeel.ui.labels.RunLabels;
import io.evenkeel.ui.runs.RunsReader;
import io.evenkeel.ui.security.Needs;
import io.evenkeel.ui.security.Role;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Tags, note and archive of a run. */
@RestController
class LabelApi {
  private static final int GENEROUS = 100;

  private final RunsReader runs;
  private final RunLabels labels;

  LabelApi(RunsReader runs, RunLabels labels) {
    this.runs = runs;
    this.labels = labels;
  }

  @GetMapping("/api/v1/runs/{run}/label")
  @Needs(Role.VIEWER)
  RunLabel read(@PathVariable String run) {
    RunApi.known(runs, run);
    return labels.of(run);
  }

  @PatchMapping("/api/v1/runs/{run}/label")
  @Needs(Role.OPERATOR)
  RunLabel change(
      @PathVariable String run, @RequestBody(required = false) @Nullable JsonNode body) {
    RunApi.known(runs, run);
    Fields fields = Fields.of(body);
    boolean tagged = fields.has("tags");
    List<String> tags = fields.texts("tags", RunLabels.MOST_TAGS, RunLabels.LONGEST_TAG);
    Optional<String> note = fields.optionalText("note", RunLabels.LONGEST_NOTE + GENEROUS);
    boolean archiving = fields.has("archived");
    boolean archived = archiving && fields.flag("archived");
    fields.check();
    if (tagged) {
      labels.tag(run, tags);
    }
    note.ifPresent(text -> labels.write(run, text));
    if (archiving) {
      if (archived) {
        labels.archive(run);
      } else {
        labels.restore(run);
      }
    }
    return labels.of(run);
  }
}

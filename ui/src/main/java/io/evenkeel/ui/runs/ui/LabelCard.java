package io.evenkeel.ui.runs.ui;

import com.vaadin.flow.component.button.Button;
import com.vaadin.flow.component.button.ButtonVariant;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.component.html.H3;
import com.vaadin.flow.component.html.Section;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.component.textfield.TextField;
import io.evenkeel.ui.labels.RunLabels;
import io.evenkeel.ui.problem.Refusal;
import io.evenkeel.ui.runs.RunRow;
import io.evenkeel.ui.store.StoreFault;
import java.util.Arrays;
import org.springframework.dao.DataAccessException;
import org.springframework.security.access.AccessDeniedException;

/** Tags, note and archive of one run. The service refuses whoever may not change them. */
final class LabelCard extends Section {
  private final transient RunLabels labels;
  private final H3 title = new H3();
  private final TextField tags = new TextField("Tags, with commas between");
  private final TextField note = new TextField("Note");
  private final Button archive = new Button();
  private final Span answer = new Span();
  private String run = "";
  private boolean archived;

  LabelCard(RunLabels labels) {
    this.labels = labels;
    addClassNames("card", "label-card");
    setId("labels");
    tags.setId("label-tags");
    note.setId("label-note");
    note.setMaxLength(RunLabels.LONGEST_NOTE);
    answer.setId("label-answer");
    answer.getElement().setAttribute("role", "status");
    var save = new Button("Save", click -> change(this::save));
    save.setId("label-save");
    save.addThemeVariants(ButtonVariant.LUMO_PRIMARY, ButtonVariant.LUMO_SMALL);
    archive.setId("label-archive");
    archive.addThemeVariants(ButtonVariant.LUMO_SMALL);
    archive.addClickListener(click -> change(this::putAway));
    var line = new Div(tags, note, save, archive, answer);
    line.addClassName("label-line");
    add(title, line);
    setVisible(false);
  }

  /** Shows what is said of a run; what somebody has begun to type stays. */
  void show(RunRow row) {
    boolean another = !row.header().run().equals(run);
    run = row.header().run();
    archived = row.label().isArchived();
    archive.setText(archived ? "Take out of the archive" : "Archive");
    if (another) {
      title.setText("Tags and note of " + run);
      tags.setValue(String.join(", ", row.label().tags()));
      note.setValue(row.label().note());
      answer.setText("");
    }
    setVisible(true);
  }

  void hide() {
    setVisible(false);
    run = "";
  }

  private void save() {
    labels.tag(
        run, Arrays.stream(tags.getValue().split(",")).filter(tag -> !tag.isBlank()).toList());
    labels.write(run, note.getValue());
    answer.setText("Saved.");
  }

  private void putAway() {
    if (archived) {
      labels.restore(run);
      answer.setText("Taken out of the archive.");
    } else {
      labels.archive(run);
      answer.setText("Archived; its data stay as they are.");
    }
  }

  private void change(Runnable what) {
    try {
      what.run();
    } catch (AccessDeniedException | Refusal e) {
      answer.setText(e.getMessage());
    } catch (DataAccessException e) {
      answer.setText(StoreFault.of(e).line());
    }
  }
}

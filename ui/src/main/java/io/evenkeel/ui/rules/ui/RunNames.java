package io.evenkeel.ui.rules.ui;

import io.evenkeel.ui.livefeed.ui.LivePage;
import io.evenkeel.ui.runs.RunFeed;
import io.evenkeel.ui.runs.RunRow;
import java.util.List;
import java.util.function.Consumer;

/** Follows which runs there are; shows nothing itself. */
final class RunNames extends LivePage<List<RunRow>> {
  private final transient Consumer<List<String>> told;
  private List<String> known = List.of();

  RunNames(RunFeed runs, Consumer<List<String>> told) {
    this.told = told;
    follow(runs::follow);
  }

  @Override
  protected void show(List<RunRow> rows) {
    List<String> names = rows.stream().map(row -> row.header().run()).toList();
    if (!names.equals(known)) {
      known = names;
      told.accept(names);
    }
  }
}

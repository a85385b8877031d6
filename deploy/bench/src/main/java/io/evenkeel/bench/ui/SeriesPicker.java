package io.evenkeel.bench.ui;

import io.evenkeel.browser.Browser;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.openqa.selenium.By;

/**
 * The picker of a run's own series: from opening the list, or from the last letter of what is
 * looked for, until the list shows it. Moments are taken inside the page.
 */
final class SeriesPicker {
  private static final String PICKER = "series-picker";

  // The list as it stands is told by its first item's label.
  private static final String LOOK =
      """
      const done = arguments[arguments.length - 1];
      const [id, text] = arguments;
      const picker = document.getElementById(id);
      picker.scrollIntoView({ block: 'center' });
      const began = performance.now();
      if (text === '') {
        picker.open();
      } else {
        picker.inputElement.value = text;
        picker.inputElement.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
      }
      const shown = () => {
        const items = [...picker.querySelectorAll('vaadin-multi-select-combo-box-item'),
          ...document.querySelectorAll('vaadin-multi-select-combo-box-item')];
        return items.some((item) => !item.hidden && item.item?.label && item.item.label.includes(text));
      };
      const look = () => {
        if (picker.opened && shown()) requestAnimationFrame(() => done(performance.now() - began));
        else setTimeout(look, 4);
      };
      look();
      """;

  private final Browser browser;

  SeriesPicker(Browser browser) {
    this.browser = browser;
  }

  /** Milliseconds until the list is open, and then of each search. */
  record Answers(double opened, List<Double> searched) {}

  /** Opens the list on a run's page that is open, and looks for names. */
  Answers look(int turns) {
    browser.see(By.id(PICKER));
    double opened = millis("");
    List<Double> searched = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(5);
    for (int turn = 0; turn < turns; turn++) {
      searched.add(millis(LongModelRun.scalar(random.nextInt(LongModelRun.SCALARS))));
    }
    browser.script("document.getElementById(arguments[0]).close();", PICKER);
    return new Answers(opened, searched);
  }

  private double millis(String text) {
    return ((Number) browser.scriptUntilCalledBack(LOOK, PICKER, text)).doubleValue();
  }
}

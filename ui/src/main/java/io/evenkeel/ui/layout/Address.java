package io.evenkeel.ui.layout;

import com.vaadin.flow.component.Component;
import com.vaadin.flow.router.Location;
import com.vaadin.flow.router.QueryParameters;
import java.util.Map;

/** The address of a page that shows a part of what it could: a link to it shows the same part. */
public final class Address {
  private Address() {}

  /**
   * Says in the browser's address what is shown now, without a new entry in its history.
   *
   * @param path path of the page, without parameters
   * @param parameters what is shown, by name; the values may hold anything
   */
  public static void show(Component page, String path, Map<String, String> parameters) {
    page.getUI()
        .ifPresent(
            ui ->
                ui.getPage()
                    .getHistory()
                    .replaceState(null, new Location(path, QueryParameters.simple(parameters))));
  }
}

package io.evenkeel.ui.livefeed.ui;

import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.UIDetachedException;
import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.Tick;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings ticks into a page: one access, and so one push, a tick; ticks that come while the page is
 * still busy replace each other, so that a slow page neither queues nor falls behind.
 *
 * @param <S> the state
 */
public final class PushChannel<S> implements Listener<S> {
  private final UI page;
  private final Consumer<Tick<S>> apply;
  private final AtomicReference<@Nullable Tick<S>> waiting = new AtomicReference<>();

  /**
   * A channel into {@code page}.
   *
   * @param apply shows a tick; runs under the page's session lock
   */
  public PushChannel(UI page, Consumer<Tick<S>> apply) {
    this.page = page;
    this.apply = apply;
  }

  @Override
  public void onTick(Tick<S> tick) {
    if (waiting.getAndSet(tick) != null) {
      return;
    }
    try {
      page.access(
          () -> {
            Tick<S> newest = waiting.getAndSet(null);
            if (newest != null) {
              apply.accept(newest);
            }
          });
    } catch (UIDetachedException e) {
      waiting.set(null);
    }
  }
}

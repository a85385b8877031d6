package io.evenkeel.ui.livefeed.ui;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Div;
import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.Tick;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A page, or a part of one, that follows something while it is shown. What cannot be read is said
 * in a banner, and what was shown before stays.
 *
 * @param <S> the state
 */
public abstract class LivePage<S> extends Div {
  private final Div banner = new Div();
  private @Nullable Function<Listener<S>, Runnable> feed;
  private transient @Nullable Runnable unfollow;

  /** A page that follows nothing yet. */
  protected LivePage() {
    addClassName("live");
    banner.addClassName("banner");
    banner.getElement().setAttribute("role", "status");
    banner.setVisible(false);
    add(banner);
  }

  /** Follows {@code wanted} from now on, while it is attached, and nothing else. */
  protected final void follow(Function<Listener<S>, Runnable> wanted) {
    stop();
    feed = wanted;
    if (isAttached()) {
      getUI().ifPresent(this::start);
    }
  }

  /** Shows a state. */
  protected abstract void show(S state);

  @Override
  protected void onAttach(AttachEvent event) {
    start(event.getUI());
  }

  @Override
  protected void onDetach(DetachEvent event) {
    stop();
  }

  private void start(UI page) {
    Function<Listener<S>, Runnable> wanted = feed;
    if (wanted != null && unfollow == null) {
      unfollow = wanted.apply(new PushChannel<>(page, this::show));
    }
  }

  private void stop() {
    if (unfollow != null) {
      unfollow.run();
      unfollow = null;
    }
  }

  private void show(Tick<S> tick) {
    switch (tick) {
      case Tick.Fresh<S> fresh -> {
        banner.setVisible(false);
        show(fresh.state());
      }
      case Tick.Failed<S> failed -> {
        banner.setText(failed.fault().line());
        banner.setVisible(true);
      }
    }
  }
}

package io.evenkeel.ui.livefeed.ui;

import static org.assertj.core.api.Assertions.assertThat;

import com.vaadin.browserless.BrowserlessTest;
import com.vaadin.browserless.ViewPackages;
import com.vaadin.flow.component.UI;
import com.vaadin.flow.component.html.Span;
import com.vaadin.flow.server.VaadinSession;
import com.vaadin.flow.server.communication.PushConnection;
import com.vaadin.flow.shared.communication.PushMode;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.ui.livefeed.Listener;
import io.evenkeel.ui.livefeed.Tick;
import io.evenkeel.ui.store.StoreFault;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@ViewPackages(packages = "io.evenkeel.ui.livefeed")
class PushChannelTest extends BrowserlessTest {
  private final AtomicInteger pushes = new AtomicInteger();
  private final List<Listener<Integer>> listeners = new ArrayList<>();

  @Test
  void shouldPushOnceATickWhenManyPartsOfThePageChange() throws Exception {
    Page page = open();

    tickFromElsewhere(new Tick.Fresh<>(1));
    assertThat(pushes).hasValue(1);
    assertThat(page.texts()).containsOnly("1");

    tickFromElsewhere(new Tick.Fresh<>(2));
    assertThat(pushes).hasValue(2);
    assertThat(page.texts()).hasSize(30).containsOnly("2");
  }

  @Test
  void shouldShowOnlyTheNewestWhenTicksComeFasterThanThePage() throws Exception {
    Page page = open();

    // The test holds the session's lock, as a busy request would, until the roundtrip.
    for (int i = 1; i <= 50; i++) {
      int state = i;
      Thread poller = new Thread(() -> tell(new Tick.Fresh<>(state)));
      poller.start();
      poller.join();
    }
    assertThat(page.shown).isEmpty();
    letGo();

    assertThat(page.shown).containsExactly(50);
    assertThat(pushes).hasValue(1);
  }

  @Test
  void shouldKeepWhatWasShownAndSayWhyWhenATickFails() throws Exception {
    Page page = open();
    tickFromElsewhere(new Tick.Fresh<>(7));

    tickFromElsewhere(new Tick.Failed<>(new StoreFault(ErrorId.DB_UNAVAILABLE, "away")));

    assertThat(page.texts()).containsOnly("7");
    assertThat(page.getChildren().findFirst().orElseThrow().getElement().getText())
        .isEqualTo("EVK-DB-UNAVAILABLE: away");
    tickFromElsewhere(new Tick.Fresh<>(8));
    assertThat(page.getChildren().findFirst().orElseThrow().isVisible()).isFalse();
  }

  @Test
  void shouldStopFollowingWhenThePageIsLeft() {
    Page page = open();
    assertThat(listeners).hasSize(1);

    UI.getCurrent().remove(page);

    assertThat(listeners).isEmpty();
  }

  private Page open() {
    UI ui = UI.getCurrent();
    ui.getPushConfiguration().setPushMode(PushMode.AUTOMATIC);
    ui.getInternals()
        .setPushConnection(
            new PushConnection() {
              @Override
              public void push() {
                // As the real connection does: what is told is not told again.
                ui.getInternals().getStateTree().collectChanges(change -> {});
                ui.getInternals().dumpPendingJavaScriptInvocations();
                pushes.incrementAndGet();
              }

              @Override
              public void disconnect() {}

              @Override
              public boolean isConnected() {
                return true;
              }
            });
    var page = new Page(listeners);
    ui.add(page);
    letGo();
    pushes.set(0);
    return page;
  }

  // A request's end: the session's lock goes back, waiting access runs, and the page is pushed to.
  private static void letGo() {
    VaadinSession session = UI.getCurrent().getSession();
    session.unlock();
    session.lock();
  }

  private void tell(Tick<Integer> tick) {
    listeners.forEach(listener -> listener.onTick(tick));
  }

  private void tickFromElsewhere(Tick<Integer> tick) throws InterruptedException {
    Thread poller = new Thread(() -> tell(tick));
    poller.start();
    poller.join();
    letGo();
  }

  private static final class Page extends LivePage<Integer> {
    private final List<Span> parts = new ArrayList<>();
    private final List<Integer> shown = new ArrayList<>();

    private Page(List<Listener<Integer>> listeners) {
      for (int i = 0; i < 30; i++) {
        parts.add(new Span());
      }
      parts.forEach(this::add);
      follow(
          listener -> {
            listeners.add(listener);
            return () -> listeners.remove(listener);
          });
    }

    @Override
    protected void show(Integer state) {
      shown.add(state);
      parts.forEach(part -> part.setText(state.toString()));
    }

    private List<String> texts() {
      return parts.stream().map(Span::getText).toList();
    }
  }
}

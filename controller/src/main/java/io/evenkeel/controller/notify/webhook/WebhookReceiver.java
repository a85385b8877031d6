package io.evenkeel.controller.notify.webhook;

import io.evenkeel.controller.notify.Notice;
import io.evenkeel.controller.notify.Receiver;
import io.evenkeel.controller.notify.http.Poster;
import io.evenkeel.controller.notify.text.Wording;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** A generic webhook. */
public final class WebhookReceiver implements Receiver {

  private final String id;
  private final String shownUrl;
  private final WebhookSignature signature;
  private final WebhookBody body;
  private final Poster poster;
  private final Clock clock;

  /**
   * A receiver.
   *
   * @param id a stable id
   * @param shownUrl its address as people may see it
   * @param signature how to sign
   * @param wording what is said
   * @param poster where to
   * @param clock wall time
   */
  public WebhookReceiver(
      String id,
      String shownUrl,
      WebhookSignature signature,
      Wording wording,
      Poster poster,
      Clock clock) {
    this.id = id;
    this.shownUrl = shownUrl;
    this.signature = signature;
    this.body = new WebhookBody(wording);
    this.poster = poster;
    this.clock = clock;
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
    Instant now = clock.instant();
    String content = body.of(notice, id);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("webhook-id", notice.id());
    headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
    if (signature.signs()) {
      headers.put("webhook-signature", signature.sign(notice.id(), now, content));
    }
    return poster.post(content, headers);
  }
}

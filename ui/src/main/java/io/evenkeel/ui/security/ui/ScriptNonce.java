package io.evenkeel.ui.security.ui;

import com.vaadin.flow.server.ServiceInitEvent;
import com.vaadin.flow.server.VaadinServiceInitListener;
import com.vaadin.flow.server.communication.IndexHtmlResponse;
import io.evenkeel.ui.security.ContentPolicy;
import java.security.SecureRandom;
import java.util.Base64;
import org.springframework.stereotype.Component;

/**
 * Lets only those inline scripts of a page run that the server itself put there: each answer has a
 * nonce of its own, which stands in the policy and at each script.
 */
@Component
final class ScriptNonce implements VaadinServiceInitListener {
  private static final long serialVersionUID = 1L;
  private static final int BYTES = 18;

  private final transient SecureRandom random = new SecureRandom();

  @Override
  public void serviceInit(ServiceInitEvent event) {
    event.addIndexHtmlRequestListener(this::allow);
  }

  private void allow(IndexHtmlResponse page) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String nonce = Base64.getEncoder().encodeToString(bytes);
    page.getDocument().getElementsByTag("script").attr("nonce", nonce);
    page.getVaadinResponse()
        .setHeader(ContentPolicy.HEADER, ContentPolicy.withScripts("'nonce-" + nonce + "'"));
  }
}

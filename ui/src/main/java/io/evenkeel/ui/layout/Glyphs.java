package io.evenkeel.ui.layout;

import com.vaadin.flow.component.icon.SvgIcon;
import com.vaadin.flow.server.streams.DownloadHandler;
import com.vaadin.flow.server.streams.DownloadResponse;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** Icons of our own, each a line drawn on a field of 24 by 24. */
final class Glyphs {
  private Glyphs() {}

  static SvgIcon icon(String outline) {
    byte[] svg =
        ("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\" fill=\"none\""
                + " stroke=\"currentColor\" stroke-width=\"1.8\" stroke-linecap=\"round\""
                + " stroke-linejoin=\"round\"><path d=\""
                + outline
                + "\"/></svg>")
            .getBytes(StandardCharsets.UTF_8);
    return new SvgIcon(
        DownloadHandler.fromInputStream(
            event ->
                new DownloadResponse(
                    new ByteArrayInputStream(svg), "icon.svg", "image/svg+xml", svg.length)));
  }
}

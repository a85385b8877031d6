package io.evenkeel.controller.notify.request;

import io.evenkeel.alerting.config.AlertsConfig;
import io.evenkeel.alerting.config.Channel.Reach;
import io.evenkeel.alerting.config.Secrets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who is told of alerts as a controller starts, and what those may say who change it later.
 *
 * @param config who is told; of nobody if there is no file
 * @param shown the file's text without its secrets; empty if there is no file
 * @param editing whether others may be told without a restart
 * @param secrets the folder of secrets that may be named
 * @param reach whether private addresses may be allowed
 * @param dashboard the UI's address where a text says none
 */
public record AlertsStart(
    AlertsConfig config,
    Optional<String> shown,
    Editing editing,
    Optional<Path> secrets,
    Reach reach,
    String dashboard) {

  /** Whether receivers and routes can be changed live. */
  public enum Editing {
    POSSIBLE,
    /** The environment names the receivers. */
    FIXED
  }

  /** For texts that people save. */
  Secrets ofSaved() {
    return Secrets.ofFolder(secrets, reach);
  }
}

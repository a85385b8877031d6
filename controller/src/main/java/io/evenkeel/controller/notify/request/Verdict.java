package io.evenkeel.controller.notify.request;

import io.evenkeel.contract.error.ErrorId;

/** What becomes of a request. */
sealed interface Verdict {

  /** A sentence for people. */
  String sentence();

  /** It was carried out. */
  record Done(String sentence) implements Verdict {}

  /** It was not. */
  record Refused(ErrorId id, String sentence) implements Verdict {}
}

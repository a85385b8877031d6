package io.evenkeel.gateway.intake;

import io.evenkeel.contract.error.ErrorId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What became of the records of a request.
 *
 * @param accepted records that all replicas of Kafka have
 * @param rejections the others
 */
public record IntakeReport(int accepted, List<Rejection> rejections) {

  /** Copies. */
  public IntakeReport {
    rejections = List.copyOf(rejections);
  }

  /**
   * A refused record.
   *
   * @param index its place in the body, from 0
   * @param errorId why, from the catalogue
   * @param message why, a sentence for people
   */
  public record Rejection(int index, ErrorId errorId, String message) {}

  /** The members of the answer. */
  public Map<String, Object> members() {
    List<Map<String, Object>> told = new ArrayList<>(rejections.size());
    for (Rejection rejection : rejections) {
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("index", rejection.index());
      members.put("errorId", rejection.errorId().id());
      members.put("message", rejection.message());
      told.add(members);
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("accepted", accepted);
    members.put("rejected", rejections.size());
    members.put("rejections", told);
    return members;
  }
}

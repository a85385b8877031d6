package io.evenkeel.gateway.alert;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.JsonCodecs;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.gateway.kafka.TopicFollower;
import io.evenkeel.gateway.limit.RateLimits;
import io.evenkeel.gateway.poll.PollRequests;
import io.evenkeel.gateway.poll.Waiters;
import io.evenkeel.gateway.problem.GatewayException;
import io.evenkeel.gateway.token.Caller;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Hands out alert events. */
@RestController
class AlertController {

  private static final String NEXT = "Evenkeel-Next";
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final AlertBoard board;
  private final Waiters waiters;
  private final RateLimits rates;
  private final TopicFollower follower;

  AlertController(AlertBoard board, Waiters waiters, RateLimits rates, TopicFollower follower) {
    this.board = board;
    this.waiters = waiters;
    this.rates = rates;
    this.follower = follower;
  }

  @GetMapping("/api/v1/runs/{run}/alerts")
  CompletableFuture<ResponseEntity<byte[]>> alerts(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable String run,
      @RequestParam(name = "after", required = false) @Nullable String after,
      @RequestParam(name = "wait", defaultValue = "0") long seconds,
      @RequestHeader(name = "Accept", required = false) @Nullable String accept) {
    caller.require(run);
    rates.admit(caller);
    rates.charge(caller, 1, 0);
    Duration time = PollRequests.time(seconds);
    boolean protobuf = PollRequests.wantsProtobuf(accept);
    if (after == null) {
      requireHistory();
      return CompletableFuture.completedFuture(
          answer(new AlertBoard.Page(List.of(), board.now()), protobuf));
    }
    Cursor cursor = Cursor.of(after);
    return waiters
        .await(
            run,
            time,
            () -> Optional.of(board.after(run, cursor)).filter(page -> !page.events().isEmpty()),
            () -> board.after(run, cursor))
        .thenApply(page -> answer(page, protobuf));
  }

  /** Before the history has been read, now would be long ago. */
  private void requireHistory() {
    if (!follower.isCaughtUp()) {
      throw GatewayException.unavailable(
          ErrorId.KAFKA_UNAVAILABLE, "The alerts so far have not been read yet.", RETRY);
    }
  }

  private static ResponseEntity<byte[]> answer(AlertBoard.Page page, boolean protobuf) {
    String next = page.next().toString();
    if (protobuf) {
      return ResponseEntity.ok()
          .header(NEXT, next)
          .contentType(PollRequests.PROTOBUF)
          .body(RecordBatches.encode(page.events()));
    }
    StringBuilder json = new StringBuilder("{\"alerts\":[");
    for (int i = 0; i < page.events().size(); i++) {
      json.append(i == 0 ? "" : ",").append(json(page.events().get(i)));
    }
    json.append("],\"next\":\"").append(next).append("\"}");
    return ResponseEntity.ok()
        .header(NEXT, next)
        .contentType(MediaType.APPLICATION_JSON)
        .body(json.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String json(byte[] event) {
    try {
      return JsonCodecs.ALERT_EVENT.encode(Codecs.ALERT_EVENT.decode(event));
    } catch (WireException e) {
      throw new IllegalStateException("an alert that was read before", e);
    }
  }
}

package io.evenkeel.gateway.command;

import io.evenkeel.contract.wire.Codecs;
import io.evenkeel.contract.wire.JsonCodecs;
import io.evenkeel.contract.wire.RecordBatches;
import io.evenkeel.contract.wire.WireException;
import io.evenkeel.gateway.intake.Intake;
import io.evenkeel.gateway.intake.Receiver;
import io.evenkeel.gateway.intake.RecordKind;
import io.evenkeel.gateway.limit.RateLimits;
import io.evenkeel.gateway.poll.PollRequests;
import io.evenkeel.gateway.poll.Waiters;
import io.evenkeel.gateway.token.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Hands out commands and takes acknowledgements. */
@RestController
class CommandController {

  private static final String ACKS = "/api/v1/runs/{run}/acks";

  private final CommandBoard board;
  private final Waiters waiters;
  private final Receiver receiver;
  private final RateLimits rates;

  CommandController(CommandBoard board, Waiters waiters, Receiver receiver, RateLimits rates) {
    this.board = board;
    this.waiters = waiters;
    this.receiver = receiver;
    this.rates = rates;
  }

  @GetMapping("/api/v1/runs/{run}/commands")
  CompletableFuture<ResponseEntity<byte[]>> commands(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable String run,
      @RequestParam(defaultValue = "0") long after,
      @RequestParam(name = "lease", defaultValue = "0") long leaseMicros,
      @RequestParam(name = "wait", defaultValue = "0") long seconds,
      @RequestHeader(name = "Accept", required = false) @Nullable String accept) {
    caller.require(run);
    rates.admit(caller);
    rates.charge(caller, 1, 0);
    Duration time = PollRequests.time(seconds);
    PollRequests.notNegative("after", after);
    PollRequests.notNegative("lease", leaseMicros);
    boolean protobuf = PollRequests.wantsProtobuf(accept);
    return waiters
        .<List<byte[]>>await(
            run,
            time,
            () ->
                Optional.of(board.commands(run, after, leaseMicros))
                    .filter(found -> !found.isEmpty()),
            List::of)
        .thenApply(found -> answer(found, protobuf));
  }

  @PostMapping(ACKS)
  void acks(
      @RequestAttribute(Caller.ATTRIBUTE) Caller caller,
      @PathVariable String run,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    caller.require(run);
    receiver.receive(RecordKind.ACK, new Intake.Source(caller, ACKS, run), request, response);
  }

  private static ResponseEntity<byte[]> answer(List<byte[]> commands, boolean protobuf) {
    if (protobuf) {
      return ResponseEntity.ok()
          .contentType(PollRequests.PROTOBUF)
          .body(RecordBatches.encode(commands));
    }
    StringBuilder json = new StringBuilder("{\"commands\":[");
    for (int i = 0; i < commands.size(); i++) {
      json.append(i == 0 ? "" : ",").append(json(commands.get(i)));
    }
    return ResponseEntity.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .body(json.append("]}").toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String json(byte[] command) {
    try {
      return JsonCodecs.COMMAND.encode(Codecs.COMMAND.decode(command));
    } catch (WireException e) {
      throw new IllegalStateException("a command that was read before", e);
    }
  }
}

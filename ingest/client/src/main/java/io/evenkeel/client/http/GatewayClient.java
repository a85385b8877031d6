package io.evenkeel.client.http;

import io.evenkeel.client.AlertSubscription;
import io.evenkeel.client.CommandSubscription;
import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.client.buffer.BufferedPublisher;

/** Opens the trainer's ends over HTTP. No call waits for the gateway, which may be down. */
public final class GatewayClient {

  private GatewayClient() {}

  /** A publisher; close it at the end of the run. */
  public static TelemetryPublisher publisher(GatewayOptions options) {
    return new BufferedPublisher(
        new HttpTransport(options), options.limits(), options.stallLimit(), "gateway");
  }

  /** The commands of {@code run}, from the oldest kept; close it at the end of the run. */
  public static CommandSubscription subscription(GatewayOptions options, String run) {
    return new HttpCommandSubscription(options, run, LongPoll.Pace.STANDARD);
  }

  /** The alerts of {@code run}, from now on; close it at the end of the run. */
  public static AlertSubscription alerts(GatewayOptions options, String run) {
    return new HttpAlertSubscription(options, run);
  }
}

package io.evenkeel.client.http;

import io.evenkeel.client.TelemetryPublisher;
import io.evenkeel.testing.TrainingRun;
import io.evenkeel.testing.TrainingRuns;
import java.net.URI;

/** Publishes a few steps and dies of an exception, all its publisher's threads being daemons. */
final class CrashingTrainer {

  static final int STEPS = 20;

  private CrashingTrainer() {}

  public static void main(String[] arguments) {
    TrainingRun training = TrainingRuns.healthy("r").tokensPerRank(64).layers(1).build();
    TelemetryPublisher publisher =
        GatewayClient.publisher(GatewayOptions.of(URI.create(arguments[0]), "t"));
    training.stream(STEPS).forEach(publisher::publish);
    throw new IllegalStateException("the loss is NaN");
  }
}

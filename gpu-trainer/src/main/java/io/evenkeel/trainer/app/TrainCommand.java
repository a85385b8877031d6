package io.evenkeel.trainer.app;

import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.trainer.config.ConfigException;
import io.evenkeel.trainer.config.ConfigReader;
import io.evenkeel.trainer.config.TrainerConfig;
import io.evenkeel.trainer.config.TrainerConfig.Training;
import io.evenkeel.trainer.fault.FaultException;
import io.evenkeel.trainer.loop.StopRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Trains a model. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Trains a mixture-of-experts model, and obeys Evenkeel within its own bounds.",
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:trained, or stopped cleanly",
      "1:failed",
      "2:unusable configuration",
      "4:trained, or stopped cleanly, but the report could not be written"
    })
final class TrainCommand implements Callable<Integer> {
  /** Within what a supervisor waits after SIGTERM. */
  private static final long STOP_LIMIT_MILLIS = 4_500;

  private static final int UNUSABLE = 2;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private TrainOptions options = new TrainOptions();

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("picocli injects the spec");
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try {
      TrainerConfig base = ConfigReader.read(options.config);
      TrainerConfig config = adjust(base).withFaults(options.faults(base.model()));
      if (options.plan) {
        Forecast.print(options, config, options.arrangement(config), out);
        return 0;
      }
      Forecast.requireTrainable(options, config, options.arrangement(config), out);
      Uplink uplink = Uplinks.of(options, System.getenv());
      StopRequest stop = new StopRequest();
      Thread hook = new Thread(() -> stopAndWait(stop), "evenkeel-trainer-stop");
      Runtime.getRuntime().addShutdownHook(hook);
      try (TrainSession session = TrainSession.open(options, config, out, uplink)) {
        return session.train(stop);
      } finally {
        stop.finished();
        removeHook(hook);
      }
    } catch (ConfigException e) {
      e.lines().forEach(err::println);
      return complain(err, "", UNUSABLE);
    } catch (FaultException e) {
      return complain(err, e.line(), UNUSABLE);
    } catch (IllegalArgumentException e) {
      return complain(err, ErrorId.TRAINER_CONFIG.line(e.getMessage() + "."), UNUSABLE);
    } catch (UnusableException e) {
      return complain(err, e.line(), UNUSABLE);
    } catch (IOException e) {
      return complain(err, ErrorId.TRAINER_CHECKPOINT.line(e + "."), 1);
    }
  }

  private static int complain(PrintWriter err, String line, int status) {
    if (!line.isEmpty()) {
      err.println(line);
    }
    err.flush();
    return status;
  }

  /** On SIGINT and SIGTERM: ends the run after the step it is in. */
  private static void stopAndWait(StopRequest stop) {
    stop.request();
    try {
      stop.awaitFinished(STOP_LIMIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The hook runs already: that is why the loop has ended.
    }
  }

  /** The configuration with what the command line says. */
  private TrainerConfig adjust(TrainerConfig base) {
    Training training = base.training();
    long steps = options.steps().orElse(training.steps());
    int every = options.checkpointEvery().orElse(training.checkpointEvery());
    if (steps < 1 || every < 1 || options.threads < 1 || options.leastStepMillis < 0) {
      throw new IllegalArgumentException(
          "--steps, --checkpoint-every and --threads must be at least 1, --min-step-millis at least"
              + " 0");
    }
    return base.withTraining(
        new Training(
            steps,
            options.seed().orElse(training.seed()),
            training.progressEvery(),
            every,
            training.probeEvery(),
            training.exactEvery(),
            training.validationEvery(),
            training.leaseMillis()));
  }
}

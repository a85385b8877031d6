package io.evenkeel.gateway.cli;

import io.evenkeel.contract.error.ErrorId;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IFactory;

/** Entry of {@code ./evenkeel token}. */
@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    description = "Who may send over HTTP: tokens of the gateway.",
    subcommands = {TokenCreate.class, TokenList.class, TokenRevoke.class})
public final class TokenMain implements Runnable {
  private static final int FAILED = 1;
  private static final int MISTAKEN = 2;

  @CommandLine.Spec private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

  /** Runs a command and ends with its exit status. */
  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(arguments, System.getenv(), Clock.systemUTC(), out, err));
  }

  /** The same with everything around it given; the exit status. */
  static int run(
      String[] arguments,
      Map<String, String> environment,
      Clock clock,
      PrintWriter out,
      PrintWriter err) {
    CommandLine line = new CommandLine(new TokenMain(), factory(environment, clock));
    line.setOut(out);
    line.setErr(err);
    line.setParameterExceptionHandler(
        (mistake, given) -> {
          err.println(ErrorId.CONFIG_INVALID.line(mistake.getMessage() + "."));
          mistake.getCommandLine().usage(err);
          return MISTAKEN;
        });
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          ErrorId id =
              failure instanceof IllegalArgumentException
                  ? ErrorId.CONFIG_INVALID
                  : ErrorId.GATEWAY_TOKEN_FILE;
          err.println(id.line(failure.getMessage() + "."));
          return FAILED;
        });
    return line.execute(arguments);
  }

  /** Without a command: what there is. */
  @Override
  public void run() {
    if (spec != null) {
      spec.commandLine().usage(spec.commandLine().getOut());
    }
  }

  private static IFactory factory(Map<String, String> environment, Clock clock) {
    return new IFactory() {
      @Override
      public <K> K create(Class<K> type) throws Exception {
        if (type == TokenPlace.class) {
          return type.cast(new TokenPlace(environment));
        }
        if (type == TokenCreate.class) {
          return type.cast(new TokenCreate(clock));
        }
        if (type == TokenList.class) {
          return type.cast(new TokenList(clock));
        }
        return CommandLine.defaultFactory().create(type);
      }
    };
  }
}

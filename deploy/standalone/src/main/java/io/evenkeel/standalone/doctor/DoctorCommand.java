package io.evenkeel.standalone.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of {@code ./evenkeel doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "What works on this machine, and what to do about the rest.")
public final class DoctorCommand implements Callable<Integer> {
  @Option(
      names = "--port",
      defaultValue = "8080",
      description = "Port of the dashboard (default 8080).")
  private int port = 8080;

  @Option(
      names = "--gateway-port",
      defaultValue = "8090",
      description = "Port of the gateway (default 8090).")
  private int gatewayPort = 8090;

  @Option(names = "--data", paramLabel = "DIR", description = "Folder of all data.")
  private @Nullable Path data;

  /** Prints every finding; the exit status is 1 when something required is missing. */
  @Override
  public Integer call() {
    Path home = Path.of(System.getProperty("evenkeel.home", "."));
    Path chosen = data;
    Path folder = chosen == null ? home.resolve(".evenkeel") : chosen;
    List<Supplier<Finding>> checks =
        List.of(
            MachineChecks::jdk,
            MachineChecks::maven,
            MachineChecks::cores,
            () -> MachineChecks.memory(Path.of("/proc/meminfo")),
            () -> InstallationChecks.disk(folder),
            () -> InstallationChecks.port("Port of the dashboard", port),
            () -> InstallationChecks.port("Port of the gateway", gatewayPort),
            InstallationChecks::embeddedDatabase,
            () -> InstallationChecks.externalDatabase(System.getenv()),
            () -> InstallationChecks.blas(home.resolve("gpu-trainer/target/classpath.txt")),
            MachineChecks::gpuDriver,
            MachineChecks::gpu,
            MachineChecks::compiler,
            MachineChecks::kernelCompiler,
            MachineChecks::browser,
            MachineChecks::node,
            MachineChecks::python,
            MachineChecks::pytorch,
            MachineChecks::prometheus);
    int missing = 0;
    for (Supplier<Finding> check : checks) {
      Finding finding = check.get();
      System.out.println(finding.text());
      missing += finding.level() == Finding.Level.MISSING ? 1 : 0;
    }
    System.out.println(missing == 0 ? "Evenkeel runs here." : missing + " missing.");
    return missing == 0 ? 0 : 1;
  }
}

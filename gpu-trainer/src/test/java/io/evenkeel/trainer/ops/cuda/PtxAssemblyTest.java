package io.evenkeel.trainer.ops.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * NVIDIA's own assembler, which needs neither driver nor card, accepts the PTX of the jar for every
 * architecture that may load it.
 */
final class PtxAssemblyTest {
  private static final List<Integer> ARCHITECTURES = List.of(70, 75, 80, 86, 89, 90);

  private static final Pattern SPILL = Pattern.compile("(\\d+) bytes spill stores");

  /** An assembled program, or why there is none. */
  private record Assembly(int status, byte[] program, String log) {}

  @BeforeAll
  static void load() {
    CudaNatives.unpackPrivately(() -> JNvPTXCompiler.setExceptionsEnabled(false));
  }

  /** Each file for every card that could load it: what is made for sm_80 needs one of those. */
  static Stream<Arguments> filesAndArchitectures() {
    return PtxLibrary.files().stream()
        .flatMap(
            file ->
                ARCHITECTURES.stream()
                    .filter(architecture -> isFor(file, architecture))
                    .map(architecture -> Arguments.of(file, architecture)));
  }

  private static boolean isFor(String file, int architecture) {
    return architecture >= 80 || !file.endsWith(".sm_80.ptx");
  }

  private static Assembly assemble(String ptx, int architecture) {
    byte[] text = (ptx + "\0").getBytes(StandardCharsets.UTF_8);
    nvPTXCompilerHandle handle = new nvPTXCompilerHandle();
    assertThat(JNvPTXCompiler.nvPTXCompilerCreate(handle, text.length, text)).isZero();
    try {
      String[] options = {"--gpu-name=sm_" + architecture, "--warn-on-spills"};
      int status = JNvPTXCompiler.nvPTXCompilerCompile(handle, options.length, options);
      long[] size = new long[1];
      if (status == nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
        JNvPTXCompiler.nvPTXCompilerGetCompiledProgramSize(handle, size);
        byte[] program = new byte[Math.toIntExact(size[0])];
        JNvPTXCompiler.nvPTXCompilerGetCompiledProgram(handle, program);
        JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(handle, size);
        byte[] log = new byte[Math.toIntExact(size[0]) + 1];
        JNvPTXCompiler.nvPTXCompilerGetInfoLog(handle, log);
        return new Assembly(status, program, text(log));
      }
      JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(handle, size);
      byte[] log = new byte[Math.toIntExact(size[0]) + 1];
      JNvPTXCompiler.nvPTXCompilerGetErrorLog(handle, log);
      return new Assembly(status, new byte[0], text(log));
    } finally {
      JNvPTXCompiler.nvPTXCompilerDestroy(handle);
    }
  }

  private static int spills(String log) {
    return SPILL
        .matcher(log)
        .results()
        .mapToInt(match -> Integer.parseInt(match.group(1)))
        .max()
        .orElse(0);
  }

  private static String text(byte[] log) {
    return new String(log, StandardCharsets.UTF_8).replace("\0", "").strip();
  }

  @ParameterizedTest(name = "{0} for sm_{1}")
  @MethodSource("filesAndArchitectures")
  void shouldAssembleWithoutSpills(String file, int architecture) {
    Assembly assembly = assemble(PtxLibrary.read(file), architecture);
    assertThat(assembly.status()).as(assembly.log()).isZero();
    assertThat(spills(assembly.log())).as(assembly.log()).isZero();
    // A CUDA binary is an ELF file for NVIDIA's machine number, 190.
    assertThat(assembly.program()).startsWith(0x7f, 'E', 'L', 'F');
    assertThat(assembly.program()[18] & 0xff).isEqualTo(190);
  }

  @Test
  void shouldRefusePtxThatIsBroken() {
    String file = PtxLibrary.files().getFirst();
    Assembly assembly = assemble(PtxLibrary.read(file).replace("ld.param", "ld.parrot"), 80);
    assertThat(assembly.status()).isNotZero();
    assertThat(assembly.log()).contains("parrot");
  }

  @Test
  void shouldRefuseAmpereCodeForAnOlderCard() {
    String ampere =
        PtxLibrary.files().stream().filter(f -> f.endsWith(".sm_80.ptx")).findFirst().orElseThrow();
    assertThat(assemble(PtxLibrary.read(ampere), 75).status()).isNotZero();
  }
}

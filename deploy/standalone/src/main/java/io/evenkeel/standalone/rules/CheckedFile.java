package io.evenkeel.standalone.rules;

import io.evenkeel.contract.error.Check;
import io.evenkeel.contract.error.ErrorId;
import io.evenkeel.contract.rule.AlertRule;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads a rule file for a command, and prints what is wrong with it. */
final class CheckedFile {

  private CheckedFile() {}

  /** The rules; empty after all problems have been printed. */
  static Optional<List<AlertRule>> read(Path file, PrintStream out) {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      out.println(ErrorId.CONFIG_INVALID.line("There is no file " + file + "."));
      return Optional.empty();
    } catch (CharacterCodingException e) {
      out.println(ErrorId.CONFIG_INVALID.line(file + " is not UTF-8."));
      return Optional.empty();
    } catch (IOException e) {
      out.println(ErrorId.CONFIG_INVALID.line(file + " cannot be read: " + e.getMessage() + "."));
      return Optional.empty();
    }
    RuleFile rules =
        RuleFile.parse(
            text, Check.legible(System.getProperty("user.name", "")), Clock.systemUTC().instant());
    if (rules.problems().isEmpty()) {
      return Optional.of(rules.rules());
    }
    List<String> lines = text.lines().toList();
    for (Problem problem : rules.problems()) {
      out.printf(
          Locale.ROOT, "%s:%d:%d: %s%n", file, problem.line(), problem.column(), problem.message());
      if (problem.line() <= lines.size()) {
        out.println("    " + lines.get(problem.line() - 1).replace('\t', ' '));
        out.println("    " + " ".repeat(problem.column() - 1) + "^");
      }
    }
    int count = rules.problems().size();
    out.println(ErrorId.RULE_INVALID.id() + ": " + count + (count == 1 ? " error." : " errors."));
    return Optional.empty();
  }
}

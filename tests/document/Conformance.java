import java.io.FileInputStream;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;

/** What veraPDF finds in PDF files: a line for each rule that is broken, "file, flavour, clause: rule"; flavours first, then files. */
class Conformance {
    public static void main(String[] words) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : List.of(words).subList(1, words.length)) {
            for (String name : words[0].split(",")) {
                var flavour = PDFAFlavour.fromString(name);
                try (var data = new FileInputStream(file);
                        var parser = Foundries.defaultInstance().createParser(data, flavour);
                        var validator = Foundries.defaultInstance().createValidator(flavour, false)) {
                    Set<String> broken = new LinkedHashSet<>();
                    for (TestAssertion found : validator.validate(parser).getTestAssertions()) {
                        broken.add(found.getRuleId().getClause() + ": " + found.getMessage());
                    }
                    broken.forEach(rule -> System.out.println(file + ", " + name + ", " + rule));
                }
            }
        }
    }
}

using System.CommandLine;
using System.Globalization;
using Stackmeta.Core.Logging;
using Stackmeta.Inventory;

namespace Stackmeta;

/// <summary><c>stackmeta import</c>.</summary>
static class ImportCommand
{
    public static Command Create(InventoryAccess access)
    {
        var file = new Argument<string>("FILE") { Description = "An inventory document; - is standard input" };
        var replace = OptionKinds.Flag("--replace", "Remove what is in the inventory first, in the same step");
        var dryRun = OptionKinds.Flag("--dry-run", "Check the document against the inventory and change nothing");
        var command = new ExampleCommand(
            "import",
            "Take a whole document into the inventory, or nothing when something is wrong with it.",
            "stackmeta import inventory.json",
            "stackmeta import --dry-run inventory.json",
            "ssh other stackmeta export | stackmeta import --replace -"
        )
        {
            file,
            replace,
            dryRun,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var path = parsed.GetValue(file)!;
                await using var document = Open(path, access);
                var isDryRun = parsed.GetValue(dryRun);
                using var open = isDryRun ? access.OpenForTrial(parsed) : access.OpenForWriting(parsed);
                using var progress = ProgressLine.Of(parsed.InvocationConfiguration.Error, LengthOf(document));
                var objections = await open.Inventory.ImportAsync(
                    document,
                    new ImportOptions { Replace = parsed.GetValue(replace), IsDryRun = isDryRun },
                    progress,
                    cancellationToken
                );
                progress.Dispose();
                if (!objections.IsEmpty)
                {
                    throw Refusals.Error(objections, path == "-" ? "standard input" : path);
                }
                var taken = progress.Last.Entries.ToString(CultureInfo.InvariantCulture);
                parsed.InvocationConfiguration.Output.WriteLine(
                    isDryRun ? $"{taken} entries would be imported." : $"{taken} entries imported."
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    static Stream Open(string path, InventoryAccess access)
    {
        try
        {
            return path == "-" ? access.OpenInput() : File.OpenRead(path);
        }
        catch (Exception e) when (SystemReason.IsOfFile(e))
        {
            throw new CommandException($"{path} cannot be read: {SystemReason.Of(e, path)}.");
        }
    }

    static long? LengthOf(Stream document) => document.CanSeek ? document.Length : null;
}

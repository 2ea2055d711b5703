using System.CommandLine;

namespace Stackmeta;

/// <summary><c>stackmeta export</c>.</summary>
static class ExportCommand
{
    public static Command Create(InventoryAccess access)
    {
        var file = new Argument<string>("FILE")
        {
            Description =
                "The file to write, readable by its owner only; a device or FIFO is written to; - is standard output",
            DefaultValueFactory = _ => "-",
        };
        var command = new ExampleCommand(
            "export",
            "Write the whole inventory as one document. It holds user data, keys and passwords.",
            "stackmeta export inventory.json",
            "stackmeta export | jq '.instances[].name'"
        )
        {
            file,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                using var open = access.OpenForReading(parsed);
                var path = parsed.GetValue(file)!;
                if (path == "-")
                {
                    await using var output = access.OpenOutput();
                    await open.Inventory.ExportAsync(output, cancellationToken);
                }
                else
                {
                    await UserFile.WriteAsync(
                        path,
                        (document, cancelled) => open.Inventory.ExportAsync(document, cancelled).AsTask(),
                        cancellationToken
                    );
                }
                return ExitCodes.Done;
            }
        );
        return command;
    }
}

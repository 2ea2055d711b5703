using System.CommandLine;

namespace Stackmeta;

/// <summary><c>stackmeta export</c>.</summary>
static class ExportCommand
{
    public static Command Create(InventoryAccess access)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "Where to write it, readable by its owner only; - is standard output",
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
                    await WriteAsync(path, document => open.Inventory.ExportAsync(document, cancellationToken));
                }
                return ExitCodes.Done;
            }
        );
        return command;
    }

    /// <summary>Writes beside the file and puts it in its place at the end: a file that was there stays until the new one is whole.</summary>
    static async Task WriteAsync(string path, Func<Stream, ValueTask> write)
    {
        var partial = path + ".partial";
        try
        {
            // One that a crash left may have another mode.
            File.Delete(partial);
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            await using (var document = new FileStream(partial, options))
            {
                await write(document);
                document.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(partial))
            {
                File.Delete(partial);
            }
            throw new CommandException($"{path} cannot be written: {e.Message}");
        }
    }
}

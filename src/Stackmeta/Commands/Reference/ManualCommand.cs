using System.CommandLine;
using System.Text;
using Stackmeta.Core.Files;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary><c>stackmeta manual</c>: the manual as files, for packages and for a MANPATH of one's own.</summary>
static class ManualCommand
{
    const UnixFileMode EverybodyReads = WholeFile.Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static Command Create()
    {
        var folder = new Argument<string>("DIR")
        {
            Description = "Where man1 and man5 are made; on a MANPATH, for example",
        };
        var command = new ExampleCommand(
            "manual",
            "Write the manual pages, generated from the commands and settings of this very program.",
            "stackmeta manual /usr/local/share/man",
            "stackmeta manual /tmp/man && man -M /tmp/man stackmeta-network"
        )
        {
            folder,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var target = parsed.GetValue(folder)!;
                if (target.Length == 0)
                {
                    throw new CommandException("The manual cannot be written to '': The path is empty.");
                }
                try
                {
                    foreach (var page in ManualPages.Of((RootCommand)parsed.RootCommandResult.Command))
                    {
                        var section = Directory.CreateDirectory(Path.Combine(target, $"man{page.Section}"));
                        await WholeFile.WriteAsync(
                            Path.Combine(section.FullName, page.FileName),
                            async (file, cancelled) =>
                                await file.WriteAsync(Encoding.UTF8.GetBytes(page.Text), cancelled),
                            EverybodyReads,
                            cancellationToken
                        );
                    }
                }
                catch (Exception e) when (SystemReason.IsOfFile(e))
                {
                    throw new CommandException(
                        $"The manual cannot be written to '{target}': {SystemReason.Of(e, target)}."
                    );
                }
                return ExitCodes.Done;
            }
        );
        return command;
    }
}

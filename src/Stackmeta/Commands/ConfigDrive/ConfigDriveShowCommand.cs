using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Stackmeta.ConfigDrive;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary><c>stackmeta config-drive show</c>: what is on a drive, ours or another's.</summary>
static class ConfigDriveShowCommand
{
    public static Command Create(Func<Stream> openOutput)
    {
        var file = new Argument<string>("FILE") { Description = "A volume image: ISO 9660 or vfat, of any maker" };
        var path = new Argument<string?>("PATH")
        {
            Description = "A file on the drive, whose bytes are printed as they are",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var format = OutputOption.Create();
        var command = new ExampleCommand(
            "show",
            "List what is on a drive, or print one of its files.",
            "stackmeta config-drive show disk.config",
            "stackmeta config-drive show disk.config openstack/latest/meta_data.json"
        )
        {
            file,
            path,
            format,
        };
        command.SetAction(parsed =>
        {
            using var drive = OpenDrive.Open(parsed.GetValue(file)!);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(path) is { } wanted)
            {
                Print(drive.Image, wanted.TrimStart('/'), openOutput);
            }
            else if (parsed.GetValue(format) is not OutputFormat.Table and var wantedFormat)
            {
                output.WriteLine(JsonText.Write(writer => WriteJson(writer, drive.Image)).As(wantedFormat));
            }
            else
            {
                WriteTable(output, drive.Image);
            }
            return ExitCodes.Done;
        });
        return command;
    }

    static void Print(DriveImage image, string path, Func<Stream> openOutput)
    {
        if (image.Find(path) is not { } entry)
        {
            throw new CommandException($"The drive has no '{path}'.");
        }
        if (entry.Kind is not DriveEntryKind.File)
        {
            throw new CommandException($"'{path}' is not a file on the drive.");
        }
        try
        {
            using var content = image.OpenRead(entry);
            using var output = openOutput();
            content.CopyTo(output);
        }
        catch (IOException failure)
        {
            throw new CommandException($"The file cannot be printed: {SystemReason.Of(failure)}.");
        }
    }

    static void WriteTable(TextWriter output, DriveImage image)
    {
        var fields = new List<(string, string?)>
        {
            ("format", $"{DriveFormats.NameOf(image.Format)} ({image.Variant})"),
            ("label", image.Label),
        };
        if (image.Format is DriveFormat.Iso9660)
        {
            fields.Add(("publisher", image.Publisher));
        }
        var width = Terminal.WidthOf(output);
        Table.WriteFields(output, fields, width);
        output.WriteLine();
        Table.Write(
            output,
            ["size", "modified", "path"],
            image
                .Entries.Where(entry => entry.Kind is not DriveEntryKind.Folder)
                .Select(entry =>
                    (IReadOnlyList<string?>)
                        [
                            entry.Kind is DriveEntryKind.File
                                ? entry.Length.ToString(CultureInfo.InvariantCulture)
                                : "-",
                            entry.Modified?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "-",
                            entry.Path,
                        ]
                ),
            width
        );
    }

    static void WriteJson(Utf8JsonWriter writer, DriveImage image)
    {
        writer.WriteStartObject();
        writer.WriteString("format", DriveFormats.NameOf(image.Format));
        writer.WriteString("variant", image.Variant);
        writer.WriteString("label", image.Label);
        writer.WriteString("publisher", image.Publisher);
        writer.WriteStartArray("entries");
        foreach (var entry in image.Entries)
        {
            writer.WriteStartObject();
            writer.WriteString("path", entry.Path);
            writer.WriteString("kind", entry.Kind.ToString().ToLowerInvariant());
            writer.WriteNumber("size", entry.Length);
            if (entry.Modified is { } modified)
            {
                writer.WriteString("modified", modified);
            }
            if (entry.Mode is { } mode)
            {
                writer.WriteString("mode", Convert.ToString((int)mode, 8).PadLeft(4, '0'));
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}

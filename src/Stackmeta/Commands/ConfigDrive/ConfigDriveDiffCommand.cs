using System.CommandLine;
using System.Text.Json;
using Stackmeta.ConfigDrive;

namespace Stackmeta;

/// <summary>
/// <c>stackmeta config-drive diff</c>: whether a guest reads the same from two drives. Silent if it does, as <c>diff</c> is.
/// </summary>
static class ConfigDriveDiffCommand
{
    public static Command Create()
    {
        var first = new Argument<string>("A") { Description = "A volume image: ISO 9660 or vfat, of any maker" };
        var second = new Argument<string>("B") { Description = "The image to compare it with" };
        var shown = new RowOutput(["difference", "path", "first", "second", "from byte"]);
        var command = new ExampleCommand(
            "diff",
            "Tell what differs between two drives: label, files, contents. Ends with 1 if anything does.",
            "stackmeta config-drive diff disk.config ours.iso"
        )
        {
            first,
            second,
        };
        shown.AddTo(command);
        command.SetAction(parsed =>
        {
            using var one = OpenDrive.Open(parsed.GetValue(first)!);
            using var other = OpenDrive.Open(parsed.GetValue(second)!);
            var differences = DriveDiff.Compare(one.Image, other.Image);
            if (!differences.IsEmpty || !shown.IsForEyes(parsed))
            {
                shown.Write(
                    parsed,
                    differences.Select(static one => new RowOutput.Row(Row(one), json => WriteJson(json, one)))
                );
            }
            return differences.IsEmpty ? ExitCodes.Done : ExitCodes.Failed;
        });
        return command;
    }

    static IReadOnlyList<string?> Row(DriveDifference difference) =>
        [NameOf(difference.Kind), difference.Path, difference.First, difference.Second, difference.Offset?.ToString()];

    static void WriteJson(Utf8JsonWriter writer, DriveDifference difference)
    {
        writer.WriteStartObject();
        writer.WriteString("difference", NameOf(difference.Kind));
        writer.WriteString("path", difference.Path);
        writer.WriteString("first", difference.First);
        writer.WriteString("second", difference.Second);
        if (difference.Offset is { } offset)
        {
            writer.WriteNumber("from_byte", offset);
        }
        writer.WriteEndObject();
    }

    static string NameOf(DriveDifferenceKind kind) =>
        kind switch
        {
            DriveDifferenceKind.Label => "label",
            DriveDifferenceKind.OnlyInFirst => "only-in-first",
            DriveDifferenceKind.OnlyInSecond => "only-in-second",
            DriveDifferenceKind.Kind => "kind",
            DriveDifferenceKind.Length => "length",
            _ => "content",
        };
}

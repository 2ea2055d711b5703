using Stackmeta.ConfigDrive;

namespace Stackmeta.Reference.Tests;

/// <summary>Compares a drive of Nova's with ours, file by file.</summary>
sealed class DriveJudge
{
    // Of one drive: in each of its folders another.
    readonly RandomSeeds _seeds = new();

    DriveJudge() { }

    /// <param name="name">For mismatches.</param>
    /// <param name="theirs">An image's path.</param>
    /// <param name="ours">Another's.</param>
    public static Verdicts Compare(string name, string theirs, string ours)
    {
        var judge = new DriveJudge();
        var verdicts = new Verdicts();
        using var first = Open(theirs, out var nova);
        using var second = Open(ours, out var stackmeta);
        if (nova.Label != stackmeta.Label)
        {
            verdicts.Mismatch($"{name}: label {nova.Label} against {stackmeta.Label}");
        }
        foreach (var path in nova.Entries.Concat(stackmeta.Entries).Select(entry => entry.Path).Distinct())
        {
            judge.Judge(verdicts, $"{name} {path}", (nova, nova.Find(path)), (stackmeta, stackmeta.Find(path)));
        }
        return verdicts;
    }

    void Judge(
        Verdicts verdicts,
        string what,
        (DriveImage Image, DriveEntry? Entry) theirs,
        (DriveImage Image, DriveEntry? Entry) ours
    )
    {
        if (theirs.Entry?.Kind != ours.Entry?.Kind)
        {
            verdicts.Mismatch(
                $"{what}: {theirs.Entry?.Kind.ToString() ?? "nothing"} against {ours.Entry?.Kind.ToString() ?? "nothing"}"
            );
        }
        else if (theirs.Entry!.Kind is DriveEntryKind.File)
        {
            var (nova, stackmeta) = (Read(theirs.Image, theirs.Entry), Read(ours.Image, ours.Entry!));
            if (nova.AsSpan().SequenceEqual(stackmeta))
            {
                verdicts.Identical();
            }
            else if (what.EndsWith("/meta_data.json", StringComparison.Ordinal) && DifferOnlyInSeed(nova, stackmeta))
            {
                verdicts.ByRule("random-seed");
            }
            else
            {
                verdicts.Mismatch($"{what}:\n  {Text(nova)}\n  {Text(stackmeta)}");
            }
        }
    }

    bool DifferOnlyInSeed(byte[] theirs, byte[] ours)
    {
        var (nova, stackmeta) = (_seeds.Apply(Answer(theirs)), _seeds.Apply(Answer(ours)));
        return nova.Fault is null && stackmeta.Fault is null && nova.Body.AsSpan().SequenceEqual(stackmeta.Body);
    }

    static Answer Answer(byte[] body) => new() { Status = 200, Body = body };

    static FileStream Open(string path, out DriveImage image)
    {
        var file = File.OpenRead(path);
        var reading = DriveImage.Open(file);
        Assert.False(reading.IsRefused, $"{path}: {reading.Problem?.Sentence}");
        image = reading.Image!;
        return file;
    }

    static byte[] Read(DriveImage image, DriveEntry entry)
    {
        using var content = image.OpenRead(entry);
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    static string Text(byte[] bytes) =>
        System.Text.Encoding.UTF8.GetString(bytes.AsSpan(..Math.Min(bytes.Length, 2000)));
}

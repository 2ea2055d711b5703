// Makes the same config drive in several ways, in turns in one run, and prints medians and ratios as a table in Markdown.
//   dotnet run -c Release --project bench/config-drive [ROUNDS]
// Needs genisoimage, dosfstools and mtools. BENCH_PROGRAM=FILE and BENCH_PROGRAM_JIT=FILE add the command of a native and of another
// build of the program, each with the start of its process.
using Stackmeta.Bench.ConfigDrive;

// The least number of rounds before the first that counts: caches, and the file system's first blocks.
const int WarmRounds = 5;

var rounds = args.Length > 0 ? int.Parse(args[0]) : 51;
using var workshop = new Workshop();
List<Contender> contenders =
[
    new("iso9660", "genisoimage as Nova calls it: tree laid, tool run, tree removed", workshop.NovaIso),
    new("iso9660", "genisoimage alone, on a tree that is there", workshop.Genisoimage),
    new("iso9660", "library in a running process, into a file", workshop.OursIso),
    new("iso9660", "the same, synced to the disk before it gets its name", workshop.OursIsoSynced),
    new("iso9660", "the same, into memory", workshop.OursIsoMemory),
    new("vfat", "as Nova does it, but by mcopy: tree laid, mkfs.vfat, mcopy, tree removed", workshop.NovaVfat),
    new("vfat", "mkfs.vfat and mcopy, on a tree that is there", workshop.MkfsAndMcopy),
    new("vfat", "mkfs.vfat alone, an empty volume", workshop.Mkfs),
    new("vfat", "library in a running process, into a file", workshop.OursVfat),
    new("vfat", "the same, synced to the disk before it gets its name", workshop.OursVfatSynced),
];
foreach (var (variable, kind) in new[] { ("BENCH_PROGRAM", "native"), ("BENCH_PROGRAM_JIT", "JIT") })
{
    if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } program)
    {
        workshop.MakeInventory(program);
        foreach (var format in (string[])["iso9660", "vfat"])
        {
            contenders.Add(
                new(
                    format,
                    $"stackmeta config-drive build ({kind}): start, inventory, documents, drive, sync",
                    () => workshop.Command(program, format)
                )
            );
        }
    }
}

for (var round = -WarmRounds; round < rounds; round++)
{
    foreach (var contender in contenders)
    {
        workshop.Clear();
        await (round < 0 ? contender.WarmAsync() : contender.RunAsync());
    }
}

Console.WriteLine($"{workshop.FileCount} files, {workshop.Bytes} bytes; {rounds} rounds, in turns; milliseconds");
Console.WriteLine();
Console.WriteLine("| format | way | median | 5 % | 95 % | times less |");
Console.WriteLine("|---|---|---:|---:|---:|---:|");
foreach (var group in contenders.GroupBy(contender => contender.Format))
{
    var reference = group.First().Median;
    foreach (var contender in group)
    {
        Console.WriteLine(
            $"| {contender.Format} | {contender.Way} | {contender.Median:F2} | {contender.Quantile(0.05):F2} | {contender.Quantile(0.95):F2} | {reference / contender.Median:F1} |"
        );
    }
}

namespace Stackmeta.Tests.Support.Rig;

/// <summary>Places in the checkout that the tests were built in.</summary>
static class Checkout
{
    public static string Root => Repository.Root;

    /// <summary>The program, built as these tests were.</summary>
    public static string Program { get; } =
        Environment.GetEnvironmentVariable("TESTED_PROGRAM")
        ?? Path.GetFullPath(
            Path.Combine(
                AppContext.BaseDirectory,
                "../../Stackmeta",
                Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)),
                "stackmeta"
            )
        );

    /// <summary>cloud-init's code, unpacked by ./test.</summary>
    public static string CloudInit { get; } = Path.Combine(Root, "artifacts/cloud-init/usr/lib/python3/dist-packages");

    public static string Crawl { get; } = Path.Combine(Root, "tests/cloud-init/crawl.py");

    public static string ReadDrive { get; } = Path.Combine(Root, "tests/cloud-init/read-drive.py");
}

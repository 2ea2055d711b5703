namespace Stackmeta.Reference.Tests;

/// <summary><c>stackmeta config-drive build --config-file</c> in the test's own process.</summary>
static class DriveCommand
{
    /// <param name="order">What to build.</param>
    /// <param name="conf">nova.conf.</param>
    /// <param name="folder">Where the drive goes.</param>
    /// <param name="more">Further arguments.</param>
    /// <returns>The drive's path, and what the command said, which is nothing when it made the drive.</returns>
    public static async Task<(string Image, string Error)> BuildAsync(
        DriveOrder order,
        string conf,
        string folder,
        params string[] more
    )
    {
        var image = Path.Combine(folder, $"{order.Name}.ours");
        string[] arguments =
        [
            .. (string[])["config-drive", "build", order.Uuid, "--config-file", conf, "--out", image],
            .. (string[])["--set", "compatibility=zed", "--set", "log.level=error"],
            .. more,
        ];
        var error = new StringWriter();
        var code = await StackmetaProgram.RunAsync(arguments, TextWriter.Null, error, CancellationToken.None);
        Assert.Equal(code == ExitCodes.Done, error.ToString().Length == 0);
        Assert.Equal(code == ExitCodes.Done, File.Exists(image));
        return (image, error.ToString());
    }
}

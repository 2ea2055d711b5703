using System.Globalization;

namespace Stackmeta.Reference.Tests;

/// <summary><c>stackmeta config-drive build --config-file</c> in the test's own process.</summary>
static class DriveCommand
{
    /// <param name="order">What to build; its files are laid into <paramref name="folder"/>.</param>
    /// <param name="conf">nova.conf.</param>
    /// <param name="folder">For the drive and what goes in.</param>
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
        List<string> arguments =
        [
            .. (string[])["config-drive", "build", order.Uuid, "--config-file", conf, "--out", image],
            .. (string[])["--set", "compatibility=zed", "--set", "log.level=error"],
            .. more,
        ];
        if (order.AdminPassword is { } password)
        {
            var file = Path.Combine(folder, "password");
            await File.WriteAllTextAsync(file, password);
            arguments.AddRange(["--admin-pass-file", file]);
        }
        for (var i = 0; i < order.Files.Length; i++)
        {
            var local = Path.Combine(folder, $"file{i.ToString(CultureInfo.InvariantCulture)}");
            await File.WriteAllBytesAsync(local, order.Files[i].Content);
            arguments.AddRange(["--file", $"{order.Files[i].Path}={local}"]);
        }
        var error = new StringWriter();
        var code = await StackmetaProgram.RunAsync(arguments, TextWriter.Null, error, CancellationToken.None);
        Assert.Equal(code == ExitCodes.Done, error.ToString().Length == 0);
        Assert.Equal(code == ExitCodes.Done, File.Exists(image));
        return (image, error.ToString());
    }
}

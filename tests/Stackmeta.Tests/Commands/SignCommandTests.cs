namespace Stackmeta.Tests;

/// <summary><c>stackmeta sign</c> and what the program says of wrong command lines.</summary>
public sealed class SignCommandTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("stackmeta-sign-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var code = await StackmetaProgram.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>The vectors are those of spec/neutron-metadata.md §3.6.</summary>
    [Theory]
    [InlineData("secret", "uuid1", "3b5421875d7ba0fc910202f5ce448d9419597e7b66f702b53335116fee60e81e")]
    [InlineData("s3cret", "inst-1", "0423ac5ab426fe85654f33cf6ebc38df4ce8ffe5bf842017ce9f21a5bd299eae")]
    public void The_signature_is_the_lower_case_hex_of_hmac_sha256(string secret, string instance, string signature) =>
        Assert.Equal(signature, SignCommand.Of(System.Text.Encoding.UTF8.GetBytes(secret), instance));

    [Fact]
    public async Task A_uuid_is_signed_as_it_is_and_a_name_is_looked_up()
    {
        var file = Path.Combine(_folder, "secret");
        await File.WriteAllTextAsync(file, "secret", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        const string Id = "83679162-1378-4288-a2d4-70e13ec132aa";
        var signature = SignCommand.Of("secret"u8.ToArray(), Id) + Environment.NewLine;
        Assert.Equal((0, signature, ""), await RunAsync("sign", Id, "--data", _folder));
        await RunAsync("instance", "create", "web-1", "--id", Id, "--data", _folder);
        Assert.Equal((0, signature, ""), await RunAsync("sign", "web-1", "--data", _folder));
        var (code, output, error) = await RunAsync("sign", "web-2", "--data", _folder);
        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        Assert.Contains("there is no instance with the id or name 'web-2'", error);
    }

    [Fact]
    public async Task A_missing_secret_is_one_line_on_stderr()
    {
        var (code, output, error) = await RunAsync("sign", Guid.NewGuid().ToString(), "--data", _folder);
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Empty(output);
        Assert.StartsWith($"stackmeta: {_folder}/secret: The shared secret cannot be read", error);
    }

    [Fact]
    public async Task An_unknown_command_is_a_usage_error()
    {
        var (code, _, error) = await RunAsync("sing", "x");
        Assert.Equal(ExitCodes.Usage, code);
        Assert.Contains("Try 'stackmeta --help'.", error);
    }

    [Fact]
    public async Task Help_ends_with_examples()
    {
        var (code, output, _) = await RunAsync("sign", "--help");
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("Examples:", output);
    }
}
